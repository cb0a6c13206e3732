package check

// Kind says what sort of disagreement a finding is.
type Kind string

// The kinds, from the bytes of the file up to the meaning of its items.
const (
	Header      Kind = "header"       // a field of the header is not what it must be
	HeaderCRC   Kind = "header-crc"   // one of the two checksums of the header
	Length      Kind = "length"       // the file does not end with a section
	Counter     Kind = "counter"      // a counter of the header is not above what is in use
	Limit       Kind = "limit"        // this checker stopped before the end of something
	PagePlace   Kind = "page-place"   // a page out of the file, off its grid, or across sections
	PageTrailer Kind = "page-trailer" // type, signature or id of a page
	PageCRC     Kind = "page-crc"     // checksum of a page
	PageID      Kind = "page-id"      // two pages with one id
	TreeForm    Kind = "tree-form"    // counts, sizes, levels of a tree page
	TreeOrder   Kind = "tree-order"   // keys do not rise
	TreeKey     Kind = "tree-key"     // index key is not the first key of its child
	TreeFill    Kind = "tree-fill"    // bytes behind the entries are not zero
	Overlap     Kind = "overlap"      // one place in use twice

	BlockPlace   Kind = "block-place"   // a block out of the file, off its grid, or across sections
	BlockSize    Kind = "block-size"    // no data, or too much
	BlockID      Kind = "block-id"      // bit 0 set
	BlockTrailer Kind = "block-trailer" // length, signature or id in the trailer
	BlockCRC     Kind = "block-crc"     // checksum of a block
	BlockFill    Kind = "block-fill"    // bytes between data and trailer are not zero
	TreeBlock    Kind = "tree-block"    // form of an XBLOCK, XXBLOCK, SLBLOCK, SIBLOCK
	DataTotal    Kind = "data-total"    // total of an XBLOCK or XXBLOCK
	DataMiddle   Kind = "data-middle"   // a data block that is not the last and not full
	SubOrder     Kind = "subnode-order" // entries of a subnode tree not sorted
	SubKey       Kind = "subnode-key"   // index key of an SIBLOCK
	Dangling     Kind = "dangling"      // a reference to a block that is not there
	WrongBlock   Kind = "wrong-block"   // a reference to a block of another sort
	RefCount     Kind = "ref-count"     // references counted differ from those declared
	Unreferenced Kind = "unreferenced"  // a block that nothing refers to
	Shared       Kind = "shared"        // a block with several owners

	MapBits  Kind = "map-bits"  // an AMap and what is in use differ
	MapFree  Kind = "map-free"  // the header's free bytes and the maps differ
	MapPage  Kind = "map-page"  // a map page that is not there, or not in its form
	MapBytes Kind = "map-bytes" // content of PMap, FMap, FPMap, or their part of the header
	DList    Kind = "dlist"     // the DList page

	NodeMissing Kind = "node-missing" // a node that every store needs, or its folder
	NodeContent Kind = "node-content" // a node with other content than it must have
	NodeParent  Kind = "node-parent"  // nidParent
	NodeLoose   Kind = "node-loose"   // a node or subnode that nothing refers to
	HeapForm    Kind = "heap-form"    // header or page map of a heap
	HeapFill    Kind = "heap-fill"    // fill levels, cFree, bytes behind the page map
	HeapItem    Kind = "heap-item"    // a heap id that leads nowhere or to nothing
	HeapTwice   Kind = "heap-twice"   // one item in use twice
	HeapLoose   Kind = "heap-loose"   // an item that nothing refers to
	TreeHeap    Kind = "bth-form"     // header or sizes of a BTH
	HeapOrder   Kind = "bth-order"    // keys of a BTH do not rise, or an index key is wrong

	PropType    Kind = "prop-type"    // a type that is not known, or not this property's
	PropValue   Kind = "prop-value"   // a value that is not in the form of its type
	PropText    Kind = "prop-text"    // a text that is not sound UTF-16
	PropTwice   Kind = "prop-twice"   // a property twice
	PropName    Kind = "prop-name"    // an id from 0x8000 that the name map lacks
	PropMissing Kind = "prop-missing" // a property that must be there
	PropStray   Kind = "prop-stray"   // a property that must not be there
	PropMany    Kind = "prop-many"    // more properties than readers take
	NameMap     Kind = "name-map"     // the streams and buckets of the name map

	TableForm     Kind = "table-form"     // TCINFO
	TableColumns  Kind = "table-columns"  // columns unsorted, overlapping, out of their group
	TableTemplate Kind = "table-template" // a column of the template missing or moved
	TableIndex    Kind = "table-index"    // the row index and the rows differ
	TableRows     Kind = "table-rows"     // the row matrix: length, blocks
	TableCell     Kind = "table-cell"     // existence bit and value differ, or a value of a wrong form

	FolderTable   Kind = "folder-table"   // a table of a folder is missing or without folder
	FolderRow     Kind = "folder-row"     // a hierarchy row and its folder differ
	FolderCount   Kind = "folder-count"   // counts and flags of a folder
	MessageRow    Kind = "message-row"    // a contents row and its message differ
	MessageSize   Kind = "message-size"   // PidTagMessageSize
	MessageFlags  Kind = "message-flags"  // the attachment flag
	AttachRow     Kind = "attachment-row" // an attachment row and its attachment differ
	AttachSize    Kind = "attach-size"    // PidTagAttachSize
	ObjectSize    Kind = "object-size"    // the size beside the subnode of an object
	Recipient     Kind = "recipient"      // a recipient row
	RowVersion    Kind = "row-version"    // 0x67F3 not unique, or not below dwUnique
	StoreProperty Kind = "store-property" // the message store's folders and masks
)

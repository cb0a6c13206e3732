package pst

// Measures of the file, MS-PST 2.2.2 and 2.6.1.
const (
	dlistAt      = 0x4200 // page with the density list
	firstSection = 0x4400 // first allocation map, and what it maps
	sectionSize  = mapBytes * 8 * slotSize
	slotSize     = 64  // bytes that one bit of an allocation map stands for
	mapBytes     = 496 // of an allocation map
	slotCount    = mapBytes * 8

	pageSize    = 512
	pageBody    = 496
	blockMax    = 8192
	blockData   = 8176 // largest data of a block
	trailerSize = 16   // of pages and blocks

	pmapEvery  = 8 // sections
	fmapFirst  = 128
	fmapEvery  = pageBody
	fpmapFirst = 8192
	fpmapEvery = 31744
)

// Kinds of pages.
const (
	pageBBT   = 0x80
	pageNBT   = 0x81
	pageFMap  = 0x82
	pagePMap  = 0x83
	pageAMap  = 0x84
	pageFPMap = 0x85
	pageDList = 0x86
)

// Sizes and capacities of entries in pages and blocks.
const (
	nodeEntry    = 32
	nodesAPage   = 15
	blockEntry   = 24
	blocksAPage  = 20
	indexEntry   = 24
	indexAPage   = 20
	childrenMax  = 1021 // of an XBLOCK or XXBLOCK
	subnodeEntry = 24
	subnodesMax  = 340 // of an SLBLOCK; readers other than libpff see no more than one
	subIndexMax  = 510 // SLBLOCKs below an SIBLOCK
)

// Types of nodes: the low five bits of a node id.
const (
	nidInternal   = 0x01
	nidFolder     = 0x02
	nidSearch     = 0x03
	nidMessage    = 0x04
	nidAttachment = 0x05
	nidFAI        = 0x08
	nidHierarchy  = 0x0D
	nidContents   = 0x0E
	nidFAITable   = 0x0F
	nidValue      = 0x1F // large values and row matrices

	nidBits  = 5
	maxIndex = 1<<27 - 1
)

// Indexes of node ids start behind these, in a new store.
const (
	startIndex   = 0x400
	startSearch  = 0x4000
	startFAI     = 0x8000
	startMessage = 0x10000
)

// nid joins the index and the type of a node.
func nid(index uint32, kind uint32) uint32 { return index<<nidBits | kind }

// roundUp rounds n up to a multiple of a power of two.
func roundUp(n, to int) int { return (n + to - 1) &^ (to - 1) }

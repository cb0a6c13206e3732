package check

// Effect is something that Options.Aged tolerates. All were seen in stores that
// Outlook itself kept for years.
type Effect string

// The effects.
const (
	StaleBytes    Effect = "stale bytes"    // never cleared: behind entries, in paddings, behind page maps
	StaleMaps     Effect = "stale maps"     // rgbFM, FMap, PMap, DList not kept up; room that was never given back
	StaleLevels   Effect = "stale levels"   // fill levels of blocks that a heap grew by
	Reserved      Effect = "reserved"       // fields of the header that old versions used
	LooseIDs      Effect = "loose ids"      // bit 0 of block ids, upper halves of subnode ids
	SharedBlocks  Effect = "shared blocks"  // empty tables that share the block of their template, and the like
	OldColumns    Effect = "old columns"    // templates and tables as older versions began them
	OldNodes      Effect = "old nodes"      // internal nodes that are not there yet, or in use
	OldRecipients Effect = "old recipients" // recipient rows without all cells
	OldSizes      Effect = "old sizes"      // PidTagMessageSize by an older rule
	RowCells      Effect = "row cells"      // cells of hierarchy rows that only the row has
	OutOfHeap     Effect = "out of heap"    // values in subnodes that are short, or belong to cells
	Indexes       Effect = "indexes"        // indexes of search, whose form is not published
)

// Nodes that belong to the effect Indexes.
const (
	nidIndexFolder  = 0x723
	nidTableIndex   = 0x881 // subnode of contents tables
	nidMessageIndex = 0x6B6 // subnode of messages
)

// aged adds a finding that Options.Aged tolerates as an effect.
func (c *checker) aged(e Effect, k Kind, where where, what string, args ...any) {
	if !c.o.Aged {
		c.find(k, where, what, args...)
		return
	}
	if c.rep.Tolerated == nil {
		c.rep.Tolerated = map[Effect]int{}
	}
	c.rep.Tolerated[e]++
}

// agedAs is aged for an effect, to choose between it and find.
func (c *checker) agedAs(e Effect) func(Kind, where, string, ...any) {
	return func(k Kind, where where, what string, args ...any) { c.aged(e, k, where, what, args...) }
}

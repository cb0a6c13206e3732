// Package check verifies the structure of Unicode PST files (file version 23,
// 512-byte pages): everything that one part of such a file says about another
// is compared, from the header down to the rows of the tables of messages
// inside messages. It shares no code with the writer; what both know, both
// read for themselves in the published format description (MS-PST).
//
// A file is hostile: nothing is allocated by a declared length, no loop is
// followed, and every read stays within the file. Memory is bounded by the
// number of blocks and nodes (see maxBlocks, maxNodes), about 15 bytes a block.
package check

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// Options say how to check. The zero value is the strict check that a file
// fresh from our own writer must pass.
type Options struct {
	// Max is how many findings are kept; the rest is counted. 0 means 1000.
	Max int
	// Deep also reads values that lie outside heaps (bodies) to their end, to
	// see that texts are sound UTF-16.
	Deep bool
	// Aged tolerates what years of use by Outlook leave in a file, and what
	// older versions of it wrote differently: each Effect, and nothing else.
	Aged bool
}

// Finding is one disagreement within the file.
type Finding struct {
	Kind  Kind
	Where string // the thing: its offset, node id, block id
	What  string // what was expected there and what was found
}

// String is the finding as one line.
func (f Finding) String() string { return fmt.Sprintf("%s: %s: %s", f.Kind, f.Where, f.What) }

// Report is what a check found and saw.
type Report struct {
	Findings []Finding
	More     int // findings beyond Options.Max
	// Tolerated counts what Options.Aged kept out of the findings.
	Tolerated map[Effect]int

	Folders     int64 // ordinary and search folders
	Messages    int64 // in folders, hidden (FAI) ones among them
	Embedded    int64 // messages inside attachments
	Attachments int64 // of all messages
	Recipients  int64 // of all messages
	Nodes       int64 // entries of the node tree
	Blocks      int64 // entries of the block tree
	Pages       int64 // tree pages, map pages and the DList
	Bytes       int64 // length of the file
}

// Sound says that nothing was found.
func (r Report) Sound() bool { return len(r.Findings) == 0 && r.More == 0 }

// ErrFormat is wrapped by errors about files that are no Unicode PST.
var ErrFormat = errors.New("not a Unicode PST file")

// File checks the file at path. An error means that it could not be read or is
// no Unicode PST; damage is reported as findings.
func File(ctx context.Context, path string, o Options) (Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return Report{}, fmt.Errorf("check PST: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return Report{}, fmt.Errorf("check PST: %w", err)
	}
	return Reader(ctx, f, info.Size(), o)
}

// Reader checks the size bytes of r as File does.
func Reader(ctx context.Context, r io.ReaderAt, size int64, o Options) (Report, error) {
	if o.Max <= 0 {
		o.Max = 1000
	}
	c := &checker{ctx: ctx, o: o, src: newSource(r, size), size: size}
	c.rep.Bytes = size
	if err := c.openHeader(); err != nil {
		return c.rep, err
	}
	for _, step := range []func(){
		c.checkHeader, c.readTrees, c.scanBlocks, c.checkReferences, c.checkMaps, c.dropCounts,
		c.checkNodes, c.checkVersions, c.checkCounters,
	} {
		step()
		if c.stopped() {
			break
		}
	}
	if c.err != nil {
		return c.rep, fmt.Errorf("check PST: %w", c.err)
	}
	return c.rep, nil
}

// checker is one check under way.
type checker struct {
	ctx  context.Context
	o    Options
	src  *source
	size int64
	err  error // of the source or the context: ends everything
	rep  Report

	head       header
	used       extents    // what is in use, by 64 bytes
	blocks     blockTable // the block tree
	nodes      nodeTable  // the node tree
	pageIDs    []uint64   // of the pages of both trees, while they are read
	topPage    uint64     // the highest of them
	topIndex   [32]uint32 // highest node index in use, by node type
	cache      blockCache
	names      nameSet
	versions   []version
	limits     map[string]bool // that were reported
	spent      int64           // steps of the walk from the nodes; see spend
	subEntries int64           // of all SLBLOCKs
}

// stopped says that there is no point in going on.
func (c *checker) stopped() bool {
	if c.err == nil {
		c.err = c.ctx.Err()
	}
	return c.err != nil
}

// where names what a finding is about.
type where interface{ String() string }

// find adds a finding.
func (c *checker) find(k Kind, where where, what string, args ...any) {
	if c.err != nil {
		return
	}
	if len(c.rep.Findings) >= c.o.Max {
		c.rep.More++
		return
	}
	c.rep.Findings = append(c.rep.Findings, Finding{Kind: k, Where: where.String(), What: fmt.Sprintf(what, args...)})
}

// limit reports, once for each name, that a bound of this checker was met.
func (c *checker) limit(where where, name string, n int64) {
	if c.limits[name] {
		return
	}
	if c.limits == nil {
		c.limits = map[string]bool{}
	}
	c.limits[name] = true
	c.find(Limit, where, "more than %d %s: the rest is not checked", n, name)
}

// place names a thing in a finding, with the things around it. It is made for
// all that is visited and turned into text only where there is something to say.
type place struct {
	up   *place
	what string
	id   uint64
}

// String is the way from the outermost thing to this one.
func (p place) String() string {
	s := fmt.Sprintf("%s 0x%X", p.what, p.id)
	if p.up != nil {
		return p.up.String() + ", " + s
	}
	return s
}

// at is a thing inside p that holds no others. Handed on as it is, not as a where,
// it costs no memory.
func (p *place) at(what string, id uint64) place { return place{p, what, id} }

// within is a thing inside p.
func (p *place) within(what string, id uint64) *place { return &place{p, what, id} }

// there names a thing of the file itself.
func there(what string, id uint64) *place { return &place{nil, what, id} }

package check

// Properties of folders.
const (
	tagName      = 0x3001001F
	tagCount     = 0x36020003
	tagUnread    = 0x36030003
	tagSubfolder = 0x360A000B
	tagClass     = 0x3613001F
)

const nidRoot = 0x122

// checkFolders walks the folders from the root, then those that are not below it.
func (c *checker) checkFolders() {
	if i, ok := c.nodes.find(nidRoot); ok {
		c.nodes.use(i)
		if p := c.nodes.entry(i).parent; p != nidRoot {
			c.find(NodeParent, there("node", nidRoot), "nidParent is 0x%X, must be itself", p)
		}
		c.walkFolders(nidRoot)
	}
	for i := 0; i < c.nodes.n && !c.stopped(); i++ {
		n := c.nodes.entry(i)
		if t := nidType(n.nid); t != typeFolder && t != typeSearchFolder || !c.nodes.use(i) {
			continue
		}
		c.find(NodeLoose, there("folder", uint64(n.nid)), "is in no hierarchy table that the root leads to")
		c.walkFolders(n.nid)
	}
}

// walkFolders checks a folder and all below it.
func (c *checker) walkFolders(top uint32) {
	for todo := []uint32{top}; len(todo) > 0 && !c.stopped(); {
		nid := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		n, ok := c.nodes.get(nid)
		if !ok {
			continue
		}
		c.rep.Folders++
		f := &folder{c: c, n: n, w: there("folder", uint64(nid))}
		if nidType(nid) == typeSearchFolder {
			f.checkSearch()
		} else {
			todo = append(todo, f.check()...)
		}
	}
}

// folder is a folder under inspection.
type folder struct {
	c      *checker
	n      node
	w      *place
	unread int
}

// table opens one of the tables beside the folder.
func (f *folder) table(typ, tmpl uint32) (*table, *scope, bool) {
	c, nid := f.c, f.n.nid&^0x1F|typ
	i, ok := c.nodes.find(nid)
	if !ok {
		c.find(FolderTable, f.w, "table 0x%X is not there", nid)
		return nil, nil, false
	}
	c.nodes.use(i)
	n, w := c.nodes.entry(i), f.w.within("table", uint64(nid))
	s := c.open(w, n)
	t, ok := s.readTable(tmpl)
	return t, s, ok
}

// check verifies a folder with its tables and messages. It returns the folders
// below it.
func (f *folder) check() []uint32 {
	c := f.c
	s := c.open(f.w, f.n)
	b, ok := s.readBag()
	s.close()
	if ok {
		b.need(tagName, tagCount, tagUnread, tagSubfolder)
	}
	children, below := f.hierarchy()
	rows := f.messages(typeContents, nidContents)
	unread := f.unread
	f.messages(typeFAI, nidFAI)
	if !ok {
		return children
	}
	for _, n := range []struct {
		tag  uint32
		want int
		name string
	}{{tagCount, rows, "rows in the contents table"}, {tagUnread, unread, "messages without the read flag"}} {
		if have, ok := b.int32(n.tag); ok && n.want >= 0 && int64(have) != int64(n.want) {
			c.find(FolderCount, f.w, "property 0x%08X is %d, there are %d %s", n.tag, have, n.want, n.name)
		}
	}
	if p, ok := b.get(tagSubfolder); ok && below >= 0 && (p.value[0] != 0) != (below > 0) {
		c.find(FolderCount, f.w, "property 0x%08X is %d, the hierarchy table has %d rows", tagSubfolder, p.value[0], below)
	}
	return children
}

// hierarchy verifies the table of folders below f. It returns them and the number
// of rows, -1 where they could not be read.
func (f *folder) hierarchy() (children []uint32, rows int) {
	c := f.c
	t, s, ok := f.table(typeHierarchy, nidHierarchy)
	if !ok {
		return nil, -1
	}
	t.each(func(w *place, id uint32) {
		i, ok := c.nodes.find(id)
		if typ := nidType(id); !ok || (typ != typeFolder && typ != typeSearchFolder) {
			c.find(FolderRow, w, "leads to no folder")
			return
		}
		if !c.nodes.use(i) {
			c.find(FolderRow, w, "leads to a folder that has a row elsewhere")
			return
		}
		children = append(children, id)
		n := c.nodes.entry(i)
		if n.parent != f.n.nid {
			c.find(NodeParent, there("folder", uint64(id)), "nidParent is 0x%X, its row is in folder 0x%X", n.parent, f.n.nid)
		}
		fs := c.open(there("folder", uint64(id)), n)
		if b, ok := fs.quietBag(); ok {
			t.compare(w, FolderRow, b, nil, nil)
		}
	})
	s.close()
	return children, t.rows
}

// messages verifies a table of messages, with these. It returns the number of
// rows, -1 where they could not be read.
func (f *folder) messages(typ, tmpl uint32) int {
	c := f.c
	t, s, ok := f.table(typ, tmpl)
	if !ok {
		return -1
	}
	want := uint32(typeMessage)
	if typ == typeFAI {
		want = typeHidden
	}
	t.each(func(w *place, id uint32) {
		i, ok := c.nodes.find(id)
		if !ok || nidType(id) != want {
			c.find(MessageRow, w, "leads to no message of type 0x%02X", want)
			return
		}
		if !c.nodes.use(i) {
			c.find(MessageRow, w, "leads to a message that has a row elsewhere")
			return
		}
		c.rep.Messages++
		n, mw := c.nodes.entry(i), there("message", uint64(id))
		if n.parent != f.n.nid {
			c.find(NodeParent, mw, "nidParent is 0x%X, its row is in folder 0x%X", n.parent, f.n.nid)
		}
		b, ok := c.message(mw, n, 0)
		if !ok {
			return
		}
		if flags, _ := b.int32(tagFlags); flags&flagRead == 0 {
			f.unread++
		}
		t.compare(w, MessageRow, b, messageRowOwn, emptyCells)
		t.checkOwn(w)
	})
	s.close()
	return t.rows
}

// checkSearch verifies a search folder with its queue, criteria and table.
func (f *folder) checkSearch() {
	c := f.c
	s := c.open(f.w, f.n)
	b, ok := s.readBag()
	s.close()
	if ok {
		b.need(tagName, tagCount, tagUnread, tagSubfolder)
	}
	if f.n.nid == nidIndexFolder {
		c.agedAs(Indexes)(NodeLoose, f.w, "keeps an index in a form of its own")
		f.useBeside(typeSearchTable, typeSearchQueue, typeCriteria)
		return
	}
	t, ts, opened := f.table(typeSearchTable, nidSearch)
	if opened {
		t.each(func(w *place, id uint32) {
			if _, ok := c.nodes.find(id); !ok {
				c.find(MessageRow, w, "leads to no message")
			}
		})
		ts.close()
	}
	if opened && ok {
		if have, ok := b.int32(tagCount); ok && int64(have) != int64(t.rows) {
			c.find(FolderCount, f.w, "property 0x%08X is %d, there are %d rows", tagCount, have, t.rows)
		}
	}
	for _, nid := range f.useBeside(typeSearchQueue, typeCriteria) {
		c.find(FolderTable, f.w, "node 0x%X is not there", nid)
	}
	f.checkCriteria()
}

// useBeside marks nodes beside the folder as referred to. It returns those that
// are not there.
func (f *folder) useBeside(types ...uint32) (missing []uint32) {
	for _, typ := range types {
		nid := f.n.nid&^0x1F | typ
		i, ok := f.c.nodes.find(nid)
		if !ok {
			missing = append(missing, nid)
			continue
		}
		f.c.nodes.use(i)
	}
	return missing
}

// checkCriteria verifies that what a search folder looks for is a property
// context.
func (f *folder) checkCriteria() {
	nid := f.n.nid&^0x1F | typeCriteria
	if n, ok := f.c.nodes.get(nid); ok {
		s := f.c.open(f.w.within("node", uint64(nid)), n)
		s.readBag()
		s.close()
	}
}

// quietBag reads a property context whose findings are reported elsewhere.
func (s *scope) quietBag() (*bag, bool) {
	kept, more := s.c.rep.Findings, s.c.rep.More
	b, ok := s.readBag()
	s.c.rep.Findings, s.c.rep.More = kept, more
	return b, ok
}

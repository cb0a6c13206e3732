package check

// Nodes that every store has.
const (
	nidSearchManagement = 0x1E1
	nidSearchActivity   = 0x201
	nidSearchDomain     = 0x261
	nidIDMap            = 0xC01
	nidSpamFolder       = 0x2223
	nidTop              = 0x8022 // of the visible folders
	nidSearchRoot       = 0x8042
	nidDeleted          = 0x8062
)

// What a node that every store has must hold.
const (
	contentFree     = iota // verified elsewhere, or not at all
	contentEmpty           // no data
	contentTemplate        // a table without rows
	contentReceive         // the receive folder table
)

// required are the nodes that every store has. Older ones lack some of them.
var required = []struct {
	nid     uint32
	content int
	aged    bool
}{
	{nidStore, contentFree, false}, {nidNameMap, contentFree, false},
	{nidRoot, contentFree, false}, {0x12D, contentFree, false}, {0x12E, contentFree, false}, {0x12F, contentFree, false},
	{nidSearchManagement, contentEmpty, false}, {nidSearchActivity, contentFree, false}, {nidSearchDomain, contentEmpty, false},
	{nidHierarchy, contentTemplate, false}, {nidContents, contentTemplate, false}, {nidFAI, contentTemplate, false},
	{nidSearch, contentTemplate, false}, {nidAttachs, contentTemplate, false}, {nidRecipients, contentTemplate, false},
	{nidReceive, contentReceive, true}, {nidOutgoing, contentTemplate, true},
	{0x6B6, contentTemplate, true}, {0x6D7, contentTemplate, true}, {0x6F8, contentTemplate, true},
	{0xE41, contentEmpty, true}, {0xEC1, contentEmpty, true}, {0xF21, contentEmpty, true},
	{nidTop, contentFree, false}, {nidSearchRoot, contentFree, false}, {nidDeleted, contentFree, true},
}

// checkNodes verifies what the nodes hold.
func (c *checker) checkNodes() {
	if c.head.crypt > 1 {
		return
	}
	c.checkNames()
	for _, r := range required {
		i, ok := c.nodes.find(r.nid)
		if !ok {
			find := c.find
			if r.aged {
				find = c.agedAs(OldNodes)
			}
			find(NodeMissing, there("node", uint64(r.nid)), "is not there, every store needs it")
			continue
		}
		c.checkContent(c.nodes.entry(i), r.content)
	}
	c.checkActivity()
	c.checkIDMap()
	c.checkStore()
	c.checkFolders()
	c.checkLoose()
}

// checkContent verifies the content of a node that every store has.
func (c *checker) checkContent(n node, content int) {
	w := there("node", uint64(n.nid))
	switch content {
	case contentEmpty:
		if n.data != 0 || n.sub != 0 {
			c.aged(OldNodes, NodeContent, w, "blocks 0x%X and 0x%X, must have none", n.data, n.sub)
		}
	case contentTemplate:
		c.checkTemplateNode(w, n)
	case contentReceive:
		c.checkReceive(w, n)
	}
}

// checkTemplateNode verifies a table that only tells the columns of others.
func (c *checker) checkTemplateNode(w *place, n node) {
	s := c.open(w, n)
	t, ok := s.readTable(n.nid)
	if !ok {
		return
	}
	if t.rows > 0 {
		c.aged(OldNodes, NodeContent, w, "%d rows, must have none", t.rows)
	}
	if want := templates[n.nid]; len(t.columns) != len(want.columns) || t.ends != want.ends {
		c.aged(OldColumns, TableTemplate, w, "%d columns, rgib %v; must be %d, %v", len(t.columns), t.ends, len(want.columns), want.ends)
	}
	t.done()
	s.close()
}

const tagReceiveFolder = 0x66050003

// checkReceive verifies the receive folder table: the root gets all classes.
func (c *checker) checkReceive(w *place, n node) {
	s := c.open(w, n)
	t, ok := s.readTable(nidReceive)
	if !ok {
		return
	}
	if t.rows != 1 {
		c.aged(OldNodes, NodeContent, w, "%d rows, must have one", t.rows)
	}
	t.each(func(w *place, id uint32) {
		class, ok := t.cell(tagMessageClass)
		if nid, _ := t.number(tagReceiveFolder); !ok || class.size != 0 || nid != nidRoot || id != 1 {
			c.aged(OldNodes, NodeContent, w, "message class of %d bytes (there: %v) to folder 0x%X; must be row 1, empty, 0x%X", class.size, ok, nid, nidRoot)
		}
	})
	s.close()
}

// checkActivity verifies the list of search folders.
func (c *checker) checkActivity() {
	n, ok := c.nodes.get(nidSearchActivity)
	if !ok {
		return
	}
	w := there("node", nidSearchActivity)
	d, ok := c.headOf(*w, n.data, dataMax)
	if !ok {
		return
	}
	if len(d)%4 != 0 {
		c.find(NodeContent, w, "%d bytes are no list of node ids", len(d))
	}
	listed := false
	for i := 0; i+4 <= len(d); i += 4 {
		nid := u32(d, i)
		listed = listed || nid == nidSpamFolder
		if _, ok := c.nodes.find(nid); !ok || nidType(nid) != typeSearchFolder {
			c.find(NodeContent, w, "lists 0x%X, which is no search folder", nid)
		}
	}
	if _, ok := c.nodes.find(nidSpamFolder); ok && !listed {
		c.find(NodeContent, w, "does not list search folder 0x%X", nidSpamFolder)
	}
}

// checkIDMap verifies the form of the id map where there is one.
func (c *checker) checkIDMap() {
	n, ok := c.nodes.get(nidIDMap)
	if !ok || n.data == 0 {
		return
	}
	w := there("node", nidIDMap)
	h, ok := c.openHeap(w, n.data, clientIDs)
	if !ok {
		return
	}
	if b, ok := h.item(*w, h.root); ok {
		if len(b) != 4 {
			c.find(NodeContent, w, "user root of %d bytes, must hold a heap id", len(b))
			return
		}
		h.eachRecord(w, u32(b, 0), 16, 4, func([]byte) {})
	}
}

// checkLoose reports messages that are in no table and tables of no folder.
func (c *checker) checkLoose() {
	for i := range c.nodes.n {
		if i%ctxStride == 0 && c.stopped() {
			return
		}
		n := c.nodes.entry(i)
		w := there("node", uint64(n.nid))
		if n.parent != 0 && !hasParent(n.nid) {
			c.find(NodeParent, w, "nidParent is 0x%X, must be 0", n.parent)
		}
		if !c.nodes.use(i) || isRequired(n.nid) {
			continue
		}
		switch nidType(n.nid) {
		case typeMessage, typeHidden:
			c.find(NodeLoose, w, "a message that is in no table of a folder")
		case typeHierarchy, typeContents, typeFAI, typeSearchTable, typeSearchQueue, typeCriteria:
			c.find(FolderTable, w, "belongs to no folder")
		case typeInternal:
		case typeAttachment, 0, typeValue:
			c.find(NodeLoose, w, "a node of a type that only subnodes have")
		}
	}
}

// hasParent says that nodes of a type name the folder they are in.
func hasParent(nid uint32) bool {
	switch nidType(nid) {
	case typeFolder, typeSearchFolder, typeMessage, typeHidden:
		return true
	}
	return false
}

func isRequired(nid uint32) bool {
	for _, r := range required {
		if r.nid == nid {
			return true
		}
	}
	return false
}

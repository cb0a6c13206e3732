package widgets

// Node is one line of an Outline.
type Node struct {
	ID       string // stable: opened nodes are found again by it
	Cells    []Cell // the first one gets indent and expander
	Branch   bool   // can be opened
	Loaded   bool   // Children are known
	Data     any
	Children []*Node

	open  bool
	level int
}

// Opened reports whether the node's children are shown.
func (n *Node) Opened() bool { return n.open }

// Outline is a tree shown by a Grid: the opened nodes laid out flat.
type Outline struct {
	OnLoad func(n *Node) // fetch the children of a node that was opened, then call Fill

	grid    *Grid
	roots   []*Node
	flat    []*Node
	loading []Cell // what stands below a node while its children are fetched
}

// NewOutline puts a tree on a grid. loading is shown while children are fetched.
func NewOutline(grid *Grid, loading string) *Outline {
	o := &Outline{grid: grid, loading: []Cell{{Text: loading, Color: "vangnet.muted"}}}
	grid.SetRows(o)
	grid.OnExpand = func(row int, open bool) { o.expand(row, open) }
	return o
}

// Grid is the grid below the outline.
func (o *Outline) Grid() *Grid { return o.grid }

// SetRoots shows other trees.
func (o *Outline) SetRoots(roots []*Node) {
	o.roots = roots
	o.Update()
}

// Fill gives a node its children.
// What was open among its former children stays open.
func (o *Outline) Fill(n *Node, children []*Node) {
	opened := map[string]bool{}
	walk(n.Children, func(c *Node) { opened[c.ID] = opened[c.ID] || c.open })
	walk(children, func(c *Node) { c.open = c.open || opened[c.ID] && c.Loaded })
	n.Children, n.Loaded = children, true
	o.Update()
}

func walk(nodes []*Node, f func(*Node)) {
	for _, n := range nodes {
		f(n)
		walk(n.Children, f)
	}
}

// Update lays the opened nodes out again.
func (o *Outline) Update() {
	selected := o.Selected()
	o.flat = o.flat[:0]
	for _, n := range o.roots {
		o.flatten(n, 0)
	}
	for i, n := range o.flat {
		if n != nil && n == selected && i != o.grid.Cursor() {
			o.grid.sel.only(i)
		}
	}
	o.grid.Update()
}

func (o *Outline) flatten(n *Node, level int) {
	n.level = level
	o.flat = append(o.flat, n)
	if !n.open {
		return
	}
	if !n.Loaded {
		o.flat = append(o.flat, &Node{ID: n.ID + "/…", Cells: o.loading, level: level + 1})
		return
	}
	for _, child := range n.Children {
		o.flatten(child, level+1)
	}
}

// Open opens a node and fetches its children when they are not known.
func (o *Outline) Open(n *Node) {
	if !n.Branch || n.open {
		return
	}
	n.open = true
	o.Update()
	if !n.Loaded && o.OnLoad != nil {
		o.OnLoad(n)
	}
}

// Node is the node of a row, nil for none.
func (o *Outline) Node(row int) *Node {
	if row < 0 || row >= len(o.flat) {
		return nil
	}
	return o.flat[row]
}

// Selected is the node the keyboard is at, nil for none.
func (o *Outline) Selected() *Node { return o.Node(o.grid.Cursor()) }

// Top brings a node to the top of the view.
func (o *Outline) Top(n *Node) {
	for i, other := range o.flat {
		if other == n {
			o.grid.ScrollTo(i)
		}
	}
}

// Choose selects the node with an id, if it is shown.
func (o *Outline) Choose(id string) bool {
	for i, n := range o.flat {
		if n.ID == id {
			o.grid.Select(i)
			return true
		}
	}
	return false
}

// expand opens or closes the node of a row; closing a closed one goes to its parent.
func (o *Outline) expand(row int, open bool) {
	n := o.Node(row)
	switch {
	case n == nil:
	case open && n.Branch && !n.open:
		o.Open(n)
	case open && n.Branch && row+1 < len(o.flat):
		o.grid.Select(row + 1)
	case !open && n.open:
		n.open = false
		o.Update()
	case !open:
		for i := row - 1; i >= 0; i-- {
			if o.flat[i].level < n.level {
				o.grid.Select(i)
				return
			}
		}
	}
}

// Len implements Rows.
func (o *Outline) Len() int { return len(o.flat) }

// Row implements Rows.
func (o *Outline) Row(i int) ([]Cell, bool) {
	if i >= len(o.flat) {
		return nil, false
	}
	n := o.flat[i]
	cells := append([]Cell(nil), n.Cells...)
	if len(cells) > 0 {
		cells[0].Indent = n.level
		switch {
		case n.Branch && n.open:
			cells[0].Expand = Opened
		case n.Branch:
			cells[0].Expand = Closed
		default:
			cells[0].Expand = Leaf
		}
	}
	return cells, true
}

package pst

// SkipSections leaves sections empty, so that tests reach offsets of many
// gigabytes in a file that takes little room.
func (w *Writer) SkipSections(n int) error {
	o := w.out
	if err := o.close(); err != nil {
		return err
	}
	for range n {
		o.open(o.index + 1)
		at, left := sectionAt(o.index), o.survey()
		sealMap(o.buf[:pageSize], pageAMap, at)
		if _, err := w.f.WriteAt(o.buf[:3*pageSize], at); err != nil {
			return err
		}
		o.closed = append(o.closed, left)
	}
	o.open(o.index + 1)
	return nil
}

// HeapItemMax is the largest value that is kept beside others.
const HeapItemMax = heapItemMax

// NearlyFull makes a folder hold as many items as it can, but for one.
func (w *Writer) NearlyFull(f Folder) {
	w.folders[f].rows.heap.blocks, w.folders[f].rows.heap.used = rowHeapBlocks, blockData-2000
}

// LoseFile makes every later write to the file fail.
func (w *Writer) LoseFile() error { return w.f.Close() }

// AppendUTF16 is how texts are stored.
func AppendUTF16(dst []byte, s string) []byte { return appendUTF16(dst, s) }

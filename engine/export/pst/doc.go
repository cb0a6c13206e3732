// Package pst writes Unicode PST files (MS-PST, file version 23): a store of
// folders and items that Outlook opens.
//
// Writing goes one way: blocks are appended as items come, attachments are
// streamed, and what must wait for the end (rows of folders, entries of the two
// page trees) lies in temporary files. Memory does not grow with the size of
// the store. The header is written last, under another name, so that a file
// with the final name is whole.
//
// The same input with the same Options.Key makes the same bytes.
package pst

package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"vangnet/engine/export/archive"
	"vangnet/engine/mapi"
	"vangnet/engine/model"
	"vangnet/engine/workload/mailbox"
)

// archived is a part in an archive: a ZIP, a folder of loose files, or one of
// MBOX files.
type archived struct {
	*exporter
	archive archive.Archive
	name    string // of the file or folder
	hashed  func() (string, error)
	items   int64
}

// overhead is what an item takes in an archive beside its content.
const overhead = 1 << 10

func (a *archived) folder(_ context.Context, c *chosen) error {
	p := c.folderPath()
	if p == "" {
		return nil
	}
	return a.archive.Dir(p, c.Folder.Modified)
}

func (a *archived) full(l *loaded) bool {
	return a.req.Split > 0 && a.items > 0 && a.archive.Size()+weight(l)+overhead > a.req.Split
}

// weight is about what an item takes: mail grows by the coding of attachments.
func weight(l *loaded) int64 {
	if l.Entry.Mail == nil {
		return l.Entry.Size
	}
	return l.Entry.Size * 4 / 3
}

func (a *archived) add(ctx context.Context, l *loaded) error {
	entry := archive.Entry{Path: a.filePath(l.chosen), Modified: moment(l.Entry).In(a.Texts.Zone)}
	if l.Entry.Mail == nil {
		return a.put(ctx, entry, func(w io.Writer) error { return a.file(ctx, w, l) })
	}
	form := mailbox.FormOf(l.Entry.Kind)
	if form != mailbox.FormEML {
		left := false
		err := a.put(ctx, entry, func(w io.Writer) error { return mailbox.WriteMessage(w, l.m, form, func() { left = true }) })
		if err == nil && (left || form == mailbox.FormVCF) {
			return a.beside(ctx, entry, l.m)
		}
		if !errors.Is(err, mailbox.ErrForm) {
			return err
		}
		entry.Path = strings.TrimSuffix(entry.Path, form.Ext()) + mailbox.FormEML.Ext() // mail holds everything
	}
	entry.Envelope = &archive.Envelope{From: address(l.Entry.Mail.From), Date: moment(l.Entry)}
	return a.put(ctx, entry, func(w io.Writer) error {
		if l.m == nil {
			return mailbox.WriteEML(ctx, w, *l.Entry, a.Content)
		}
		return mailbox.WriteMessage(w, l.m, mailbox.FormEML, nil)
	})
}

// beside puts attachments that have no place in an item's form into a folder of
// its name.
func (a *archived) beside(ctx context.Context, e archive.Entry, m *mapi.Message) error {
	for i := range m.Attachments {
		file := &m.Attachments[i]
		if file.IsException() || file.Props.Bool(mapi.AttachmentContactPhoto) {
			continue
		}
		one := archive.Entry{Path: strings.TrimSuffix(e.Path, path.Ext(e.Path)) + "/" + model.SafeName(file.FileName()), Modified: e.Modified}
		if file.Embedded != nil {
			one.Path += mailbox.FormEML.Ext()
		}
		if err := a.archive.Add(ctx, one, func(w io.Writer) error { return content(w, file) }); err != nil {
			return fmt.Errorf("attachment %s: %w", file.FileName(), err)
		}
	}
	return nil
}

// content writes an attachment, an item as mail.
func content(w io.Writer, file *mapi.Attachment) error {
	if file.Embedded != nil {
		return mailbox.WriteMessage(w, file.Embedded, mailbox.FormEML, nil)
	}
	data, ok := file.Data()
	if !ok {
		return nil
	}
	r, err := data.Open()
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, r.Close())
}

func (a *archived) put(ctx context.Context, e archive.Entry, write func(io.Writer) error) error {
	err := a.archive.Add(ctx, e, write)
	if err == nil {
		a.items++
	}
	return err
}

// address is the address in "Name <address>".
func address(s string) string {
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		s = strings.TrimSuffix(s[i+1:], ">")
	}
	return s
}

// file writes a file as it is.
func (a *archived) file(ctx context.Context, w io.Writer, l *loaded) error {
	object, err := a.Content.Open(ctx, l.Entry.Object)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, object)
	return errors.Join(err, object.Close())
}

func (a *archived) finish(ctx context.Context, cover *model.CoverPage) ([]model.HandoverFile, error) {
	if cover != nil {
		err := a.archive.Add(ctx, archive.Entry{Path: a.Texts.CoverName + ".html", Modified: a.hand.Made}, func(w io.Writer) error { return archive.Cover(w, pageOf(*cover)) })
		if err != nil {
			return nil, fmt.Errorf("write cover page: %w", err)
		}
	}
	if err := a.archive.Add(ctx, archive.Entry{Path: a.Texts.HashName + ".txt", Modified: a.hand.Made}, a.archive.WriteHashes); err != nil {
		return nil, fmt.Errorf("write hashes: %w", err)
	}
	if err := a.archive.Finish(ctx); err != nil {
		return nil, err
	}
	if err := a.archive.Close(); err != nil {
		return nil, err
	}
	sum, err := a.hashed()
	return []model.HandoverFile{{Name: a.name, Size: a.archive.Size(), SHA256: sum, Items: a.items}}, err
}

func (a *archived) close() error { return a.archive.Close() }

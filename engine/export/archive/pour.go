package archive

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"strings"
)

// put writes an entry: its header, its content, and its header again with what
// is known then.
func (z *Zip) put(ctx context.Context, e Entry, name place, write func(io.Writer) error) error {
	h := header{name: name.path, modified: e.Modified, sealed: z.keys != nil, method: methodDeflate, offset: z.out.size()}
	if z.store(e.Path) {
		h.method = methodStore
	}
	if _, err := z.out.Write(h.local()); err != nil {
		return err
	}
	start := z.out.size()
	crc, sum := crc32.NewIEEE(), sha256.New()
	var in *intake
	err := z.sealed(ctx, func(w io.Writer) error {
		return z.deflated(h.method, w, func(w io.Writer) error {
			in = newIntake(ctx, io.MultiWriter(w, crc, sum))
			return in.take(write)
		})
	})
	if err != nil {
		return err
	}
	h.crc, h.size, h.packed = crc.Sum32(), in.size, z.out.size()-start
	if err := z.out.patch(h.offset, h.local()); err != nil {
		return err
	}
	if err := z.record(&h); err != nil {
		return err
	}
	return z.hashes.Add(name.path, e.Path, [sha256.Size]byte(sum.Sum(nil)))
}

// sealed encrypts what pour writes, where that is asked for.
func (z *Zip) sealed(ctx context.Context, pour func(io.Writer) error) error {
	if z.keys == nil {
		return pour(z.out)
	}
	key, err := z.keys.next(ctx)
	if err != nil {
		return err
	}
	s, err := newSealer(z.out, key)
	if err != nil {
		return err
	}
	if err := pour(s); err != nil {
		return err
	}
	return s.finish()
}

// deflated compresses what pour writes, where the method says so.
func (z *Zip) deflated(method uint16, to io.Writer, pour func(io.Writer) error) error {
	if method == methodStore {
		return pour(to)
	}
	z.deflate.Reset(to)
	if err := pour(z.deflate); err != nil {
		return err
	}
	if err := z.deflate.Close(); err != nil {
		return fmt.Errorf("compress: %w", err)
	}
	return nil
}

// packed are the extensions of kinds that are compressed by themselves.
const packed = " .7z .aac .avi .br .bz2 .cab .docm .docx .epub .flac .gif .gz .heic .jar .jpeg .jpg .m4a .m4v .mkv .mov" +
	" .mp3 .mp4 .mpeg .mpg .msix .odp .ods .odt .ogg .one .opus .png .pptm .pptx .rar .tgz .vsdx .webm .webp .wma .wmv" +
	" .xlsb .xlsm .xlsx .xz .zip .zst "

// Packed reports whether a file's extension is of a kind that is compressed by
// itself, so that compressing it again takes time and gains nothing.
func Packed(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return len(ext) > 1 && !strings.Contains(ext, " ") && strings.Contains(packed, " "+ext+" ")
}

package archive

import (
	"context"
	"io"
)

// intake is the writer that a caller is given for one entry. It counts what
// comes, remembers the first error even where the caller does not, and takes
// nothing once ctx or the entry has ended.
type intake struct {
	ctx  context.Context
	to   io.Writer
	size int64
	err  error
}

func newIntake(ctx context.Context, to io.Writer) *intake { return &intake{ctx: ctx, to: to} }

func (in *intake) Write(p []byte) (int, error) {
	if in.err == nil && in.ctx.Err() != nil {
		in.err = context.Cause(in.ctx)
	}
	if in.err != nil {
		return 0, in.err
	}
	n, err := in.to.Write(p)
	in.size += int64(n)
	in.err = err
	return n, err
}

// take runs write to its end.
func (in *intake) take(write func(io.Writer) error) error {
	err := write(in)
	if err == nil {
		err = in.err
	}
	if err == nil && in.ctx.Err() != nil {
		err = context.Cause(in.ctx)
	}
	in.err = ErrClosed
	return err
}

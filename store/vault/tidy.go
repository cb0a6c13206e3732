package vault

import (
	"context"
	"fmt"
)

// Tidy joins small index blobs of finished times into larger ones. Each flush
// adds one, and thousands of them make every opening slow, so it is called after
// each run; most often it has nothing to do. It deletes nothing: what was joined
// stays beside and is not read any more.
func (v *Vault) Tidy(ctx context.Context) error {
	if v.opts.ReadOnly {
		return fmt.Errorf("tidy vault of %s: %w", v.opts.Tenant, ErrReadOnly)
	}
	if err := v.tidy(ctx); err != nil {
		return fmt.Errorf("tidy vault of %s: %w", v.opts.Tenant, translate(err))
	}
	return nil
}

func (v *Vault) tidy(ctx context.Context) error {
	epochs, _, err := v.repo.ContentReader().EpochManager(ctx)
	if err != nil {
		return err
	}
	if err := epochs.Refresh(ctx); err != nil {
		return err
	}
	if _, err := epochs.MaybeCompactSingleEpoch(ctx); err != nil {
		return err
	}
	if _, err := epochs.MaybeGenerateRangeCheckpoint(ctx); err != nil {
		return err
	}
	if _, err := epochs.MaybeAdvanceWriteEpoch(ctx); err != nil {
		return err
	}
	epochs.Invalidate()
	fresh := v.blobs.takeFresh()
	if len(fresh) == 0 {
		return nil
	}
	if _, err := v.ledger.append(ctx, body{Kind: kindTidied, Blobs: fresh}); err != nil {
		v.blobs.putBack(fresh)
		return err
	}
	return nil
}

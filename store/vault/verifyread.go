package vault

import (
	"hash/fnv"
	"math/rand/v2"

	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/content"
	"golang.org/x/sync/errgroup"

	"vangnet/store/bucket"
)

const (
	passContents  = 500_000 // pieces of content held in memory at once
	verifyAtOnce  = 3       // packs read at once, each whole in memory
	progressEvery = 1000
)

// piece is one piece of content in a pack.
type piece struct {
	id   content.ID
	size uint32
}

// checkContents holds every entry of the index against the packs, and reads the
// share that is asked.
func (c *verifier) checkContents() error {
	reader := c.repo.ContentReader()
	var packed int64
	err := reader.IterateContents(c.ctx, content.IterateOptions{}, func(i content.Info) error {
		c.report.Contents++
		packed += int64(i.PackedLength)
		if c.report.Contents%progressEvery == 0 && c.o.ReadPercent <= 0 {
			c.progress.Contents = c.report.Contents
			c.tell()
		}
		c.used[i.PackBlobID] = true
		size, ok := c.there[i.PackBlobID]
		switch {
		case !ok:
			c.spoil(i.ContentID, c.noteBlob(i.PackBlobID, ProblemMissing))
		case int64(i.PackOffset)+int64(i.PackedLength) > size:
			c.spoil(i.ContentID, c.noteBlob(i.PackBlobID, ProblemTruncated))
		}
		return c.ctx.Err()
	})
	if err != nil {
		return translate(err)
	}
	if c.o.ReadPercent <= 0 {
		c.progress.Contents, c.progress.ContentsTotal = c.report.Contents, c.report.Contents
		c.tell()
		return nil
	}
	share := min(c.o.ReadPercent/100, 1)
	c.progress.ContentsTotal, c.progress.BytesTotal = int64(share*float64(c.report.Contents)), int64(share*float64(packed))
	c.tell()
	passes := uint32(c.report.Contents/passContents) + 1
	for pass := range passes {
		if err := c.readPass(pass, passes); err != nil {
			return err
		}
	}
	c.progress.ContentsTotal, c.progress.BytesTotal = c.progress.Contents, c.progress.Bytes
	c.tell()
	return nil
}

// spoil marks a piece of content as damaged.
func (c *verifier) spoil(id content.ID, d *Damage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.spoiled[id] == nil {
		c.spoiled[id] = d
		d.Contents++
	}
}

func (c *verifier) isSpoiled(id content.ID) *Damage {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.spoiled[id]
}

func (c *verifier) tell() {
	if c.o.Progress != nil {
		c.o.Progress(c.progress)
	}
}

// readPass reads a part of the packs: the index is too large to be sorted by
// pack in memory, so it is gone through once for each part.
func (c *verifier) readPass(pass, passes uint32) error {
	packs := map[blob.ID][]piece{}
	chance := rand.New(rand.NewPCG(c.o.Seed, uint64(pass)))
	err := c.repo.ContentReader().IterateContents(c.ctx, content.IterateOptions{}, func(i content.Info) error {
		h := fnv.New32a()
		h.Write([]byte(i.PackBlobID)) //nolint:errcheck // never fails
		if h.Sum32()%passes != pass || c.isSpoiled(i.ContentID) != nil || chance.Float64()*100 >= c.o.ReadPercent {
			return nil
		}
		packs[i.PackBlobID] = append(packs[i.PackBlobID], piece{i.ContentID, i.PackedLength})
		return c.ctx.Err()
	})
	if err != nil {
		return translate(err)
	}
	var g errgroup.Group
	g.SetLimit(verifyAtOnce)
	for id, pieces := range packs {
		g.Go(func() error { return c.readPack(id, pieces) })
	}
	return g.Wait()
}

// readPack reads pieces of one pack: with one request when they are many.
func (c *verifier) readPack(id blob.ID, pieces []piece) error {
	var asked int64
	for _, p := range pieces {
		asked += int64(p.size)
	}
	wanted := asked
	if size := c.there[id]; c.o.ReadPercent >= 100 || len(pieces) > 8 && wanted*4 > size {
		data, err := bucket.ReadAll(c.ctx, c.blobs.bucket, c.blobs.key(id), max(size, 1))
		if err != nil {
			return err
		}
		if w, ok := c.listed[id]; ok && !w.same(data) {
			c.noteBlob(id, ProblemChanged)
		}
		c.blobs.hold(id, data)
		defer c.blobs.drop(id)
		wanted = size
	}
	reader := c.repo.ContentReader()
	for _, p := range pieces {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if _, err := reader.GetContent(c.ctx, p.id); err != nil {
			if isBucketTrouble(err) {
				return err
			}
			c.spoil(p.id, c.noteBlob(id, ProblemChanged))
		}
	}
	c.count(int64(len(pieces)), asked, wanted)
	return nil
}

// count adds pieces that were read: their own bytes, and those that it took.
func (c *verifier) count(contents, asked, size int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.report.ReadContents += contents
	c.report.ReadBytes += size
	c.progress.Contents += contents
	c.progress.Bytes += asked
	c.tell()
}

package s3store

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash"
	"io"

	"github.com/minio/crc64nvme"
)

const (
	// normalPart is the size of a part and of a buffer. 8 MiB × 4 in flight is
	// 32 MiB of memory; larger parts gained nothing when measured.
	normalPart = 8 << 20
	// readStep is how much is read and hashed at a time: it stays in the
	// processor's cache between the two.
	readStep = 256 << 10
	// quickParts is the number of parts up to which parts stay small.
	quickParts = 4096
	midPart    = 64 << 20
	maxPart    = 5 << 30 // S3's limit
)

// partSize chooses the size of the parts of a piece: the least (8 MiB) up to
// 32 GiB, then doubling, so that there are never more than maxParts.
func partSize(size, least int64, maxParts int) (int64, error) {
	p := least
	for p < midPart && size > p*int64(min(quickParts, maxParts)) {
		p *= 2
	}
	for size > p*int64(maxParts) {
		p *= 2
	}
	if p > maxPart {
		return 0, fmt.Errorf("%w: %d bytes do not fit into %d parts; set RMAN_MAX_PIECE_SIZE", ErrInvalid, size, maxParts)
	}
	return p, nil
}

// part is one part of a piece, read and hashed.
type part struct {
	number int
	off    int64
	size   int64
	crc    uint64
	md5    []byte // nil where the store keeps checksums
	from   chunkSource
}

func (p part) md5Header() *string {
	if p.md5 == nil {
		return nil
	}
	return str(base64.StdEncoding.EncodeToString(p.md5))
}

// hashes gathers what is known of a piece while its parts are read in order.
type hashes struct {
	crc    uint64
	sha    hash.Hash // nil unless SHA-256 is asked for
	useMD5 bool
	md5s   [][]byte
}

func (u *upload) newHashes() *hashes {
	h := &hashes{useMD5: !u.caps.trusted(u.whole.size > u.s.opt.part)}
	if u.s.opt.Checksum == "sha256" {
		h.sha = sha256.New()
	}
	return h
}

func (h *hashes) content(size int64, multipart bool) content {
	c := content{size: size, crc: h.crc, md5s: h.md5s, multipart: multipart}
	if h.sha != nil {
		c.sha256 = base64.StdEncoding.EncodeToString(h.sha.Sum(nil))
	}
	return c
}

// readPart reads and hashes a part. One that fits into buf stays there and is
// sent from it; a larger one passes through buf and is read again when it is
// sent.
func (u *upload) readPart(number int, off, size int64, buf []byte, h *hashes) (part, error) {
	p := part{number: number, off: off, size: size}
	keep := size <= int64(len(buf))
	var sum hash.Hash
	if h.useMD5 {
		sum = md5.New()
	}
	for pos := int64(0); pos < size; pos += readStep {
		step := buf[:min(readStep, size-pos)]
		if keep {
			step = buf[pos : pos+int64(len(step))]
		}
		if _, err := u.f.ReadAt(step, off+pos); err == io.EOF {
			return p, fmt.Errorf("%w: %s became shorter", ErrChanged, u.r.Path)
		} else if err != nil {
			return p, err
		}
		p.crc = crc64nvme.Update(p.crc, step)
		for _, w := range []hash.Hash{sum, h.sha} {
			if w != nil {
				w.Write(step)
			}
		}
	}
	h.crc = crcJoin(h.crc, p.crc, size)
	if sum != nil {
		p.md5 = sum.Sum(nil)
		h.md5s = append(h.md5s, p.md5)
	}
	if keep {
		p.from = bytesSource(buf)
		forget(u.f, off, size)
	} else {
		p.from = sectionSource(u.f, off, buf)
	}
	return p, nil
}

// emptyBody stands for a body towards the SDK; the transport sends the real
// one (see doer).
func emptyBody() io.Reader { return bytes.NewReader(nil) }

// send makes a request whose body is the part, again and again until it
// succeeds or cannot.
func (u *upload) send(ctx context.Context, p part, request func(context.Context) error) error {
	what := subject{"put piece", u.r.Key}
	again := func() { u.retries.Add(1) }
	err := u.s.retryFor(ctx, what, u.s.opt.RetryBudget, again, func(ctx context.Context) error {
		return u.attempt(ctx, p, request)
	})
	if err == nil {
		u.s.slots.went()
	}
	return err
}

// attempt sends the part once. When it returns, nothing reads the part's
// buffer any more.
func (u *upload) attempt(ctx context.Context, p part, request func(context.Context) error) error {
	ctx, dog := watch(ctx, u.s.opt.StallTimeout)
	moved := int64(0)
	body := newSendBody(ctx, p.from, p.size, u.s.limit, func(n int) {
		moved += int64(n)
		dog.beat()
		u.progress(int64(n))
	})
	err := stalled(ctx, request(context.WithValue(ctx, bodyKey{}, body)))
	dog.stop()
	if local := body.settle(); local != nil {
		err = local
	}
	if err != nil {
		u.progress(-moved)
		u.resent.Add(moved)
	}
	return err
}

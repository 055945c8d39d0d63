package s3store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	"github.com/minio/crc64nvme"
)

const (
	probeBudget = 10 * time.Second // to find a store that does not answer
	maxSkew     = 5 * time.Minute  // S3 refuses from 15
)

// Probe checks, with requests, that the bucket exists, that it may be listed,
// written and read, that the clocks agree, and what the store supports. Each
// failure is an *Error with a kind and a remedy. It leaves nothing behind when
// it may delete, and at most one small object per host when it may not.
func (s *Store) Probe(ctx context.Context) (Capabilities, error) {
	return s.probe(ctx, maxSkew, min(probeBudget, s.opt.RetryBudget))
}

// Reach checks no more than that the bucket exists and may be listed: what a
// restore needs to know, whose credentials may not write.
func (s *Store) Reach(ctx context.Context) error {
	p := probe{store: s, budget: min(probeBudget, s.opt.RetryBudget)}
	return p.list(ctx)
}

// probe is Probe with a limit to what the clocks may differ, and to how long
// it waits for a store that does not answer.
func (s *Store) probe(ctx context.Context, skew, budget time.Duration) (Capabilities, error) {
	p := probe{store: s, key: s.probeKey(), budget: budget}
	p.caps = Capabilities{ChecksumAccepted: true, MultipartChecksum: true, ProbedAt: s.opt.Now().UTC()}
	if err := p.list(ctx); err != nil {
		return p.caps, err
	}
	if d := p.caps.ClockSkew; d.Abs() > skew {
		return p.caps, &Error{
			Op: "probe", Bucket: s.opt.Bucket, Kind: ErrClockSkew, Remedy: remedies[ErrClockSkew],
			Err: fmt.Errorf("it differs from the store's by %s", d.Round(time.Second)),
		}
	}
	for _, step := range []func(context.Context) error{p.enforced, p.create, p.conditional, p.head} {
		if err := step(ctx); err != nil {
			return p.caps, err
		}
	}
	p.remove(ctx)
	caps := s.configured(p.caps)
	s.learn(caps)
	return caps, nil
}

// probeOnce probes for all who ask at the same time: the pieces that a backup
// begins with come together, and probes beside each other would meet each
// other's object. Who probes for the others may be cancelled; another one then
// goes on.
func (s *Store) probeOnce(ctx context.Context) (Capabilities, error) {
	for {
		done := s.probing.DoChan("", func() (any, error) {
			// A clock that is off is no reason to miss a backup: signing allows for it.
			return s.probe(ctx, 24*time.Hour, s.opt.RetryBudget)
		})
		select {
		case <-ctx.Done():
			return Capabilities{}, context.Cause(ctx)
		case r := <-done:
			if r.Shared && errors.Is(r.Err, context.Canceled) && ctx.Err() == nil {
				continue
			}
			caps, _ := r.Val.(Capabilities)
			return caps, r.Err
		}
	}
}

// probeKey is the same for every probe of a host, so that a bucket that allows
// no deletion does not fill up.
func (s *Store) probeKey() string {
	host, _ := os.Hostname()
	h := fnv.New32a()
	h.Write([]byte(host))
	return fmt.Sprintf("%s%s.probe-%08x", s.opt.Prefix, catalogDir, h.Sum32())
}

// probe is one probe under way.
type probe struct {
	store  *Store
	key    string
	budget time.Duration
	caps   Capabilities
}

var probeText = []byte("orabak-tui looks whether this bucket can be used\n")

// do makes one request of the probe.
func (p *probe) do(ctx context.Context, op, key string, request func(context.Context) error) error {
	s := p.store
	return s.retryFor(ctx, subject{op, key}, p.budget, nil, s.brief(min(s.opt.StallTimeout, probeBudget), request))
}

func (p *probe) list(ctx context.Context) error {
	return p.do(ctx, "list", p.store.opt.Prefix, func(ctx context.Context) error {
		out, err := p.store.api.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
			Bucket: p.store.bucket(), Prefix: &p.store.opt.Prefix, MaxKeys: new(int32(1)),
		})
		if err == nil {
			p.clock(out.ResultMetadata)
		}
		return err
	})
}

// clock compares the store's Date with ours; signing corrects for it, but
// times in manifests would be wrong.
func (p *probe) clock(m middleware.Metadata) {
	if date, ok := awsmiddleware.GetServerTime(m); ok && !date.IsZero() {
		p.caps.ClockSkew = time.Until(date).Round(time.Second)
	}
}

// enforced puts the probe with a checksum that is wrong. Being refused is what
// is hoped for, so it is not tried again.
func (p *probe) enforced(ctx context.Context) error {
	in := p.input(crc64nvme.Checksum(probeText) ^ 1)
	return p.do(ctx, "write", p.key, func(ctx context.Context) error {
		in.Body = bytes.NewReader(probeText)
		_, err := p.store.api.PutObject(ctx, in)
		if err == nil {
			return nil
		}
		if c := causeOf(err); c.is(ErrCorrupt) || c.is(ErrInvalid) {
			p.caps.ChecksumEnforced = true
			return nil
		}
		return err
	})
}

// create puts the probe as it should be, unless it is there. A store that
// does not know the checksum or the condition gets it without.
func (p *probe) create(ctx context.Context) error {
	err := p.put(ctx, crc64nvme.Checksum(probeText), true)
	if errors.Is(err, errUnsupported) || errors.Is(err, ErrInvalid) {
		p.caps.ChecksumAccepted = false
		err = p.put(ctx, 0, true)
	}
	if errors.Is(err, errUnsupported) {
		err = p.put(ctx, 0, false)
	}
	if errors.Is(err, errPrecondition) {
		return nil
	}
	return err
}

// probeTries is how often a step of the probe is taken when its object may have
// been removed by the probe of another process of this host.
const probeTries = 3

// conditional creates it once more, which must fail.
func (p *probe) conditional(ctx context.Context) error {
	for range probeTries {
		err := p.put(ctx, crc64nvme.Checksum(probeText), true)
		p.caps.ConditionalCreate = errors.Is(err, errPrecondition)
		if p.caps.ConditionalCreate || errors.Is(err, errUnsupported) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *probe) put(ctx context.Context, crc uint64, ifNew bool) error {
	in := p.input(crc)
	if ifNew {
		in.IfNoneMatch = str("*")
	}
	return p.do(ctx, "write", p.key, func(ctx context.Context) error {
		in.Body = bytes.NewReader(probeText)
		_, err := p.store.api.PutObject(ctx, in)
		return err
	})
}

func (p *probe) input(crc uint64) *s3.PutObjectInput {
	in := p.store.putInput(p.key, probeText, p.caps)
	in.StorageClass = types.StorageClass(p.store.opt.StorageClass)
	if p.caps.ChecksumAccepted {
		in.ChecksumCRC64NVME = str(crcText(crc))
	}
	return in
}

// head learns whether checksums are kept. Where the probe is always gone
// nothing is learnt and the careful way is taken.
func (p *probe) head(ctx context.Context) error {
	for range probeTries {
		h, err := p.store.head(ctx, "read", p.key)
		if err == nil {
			p.caps.ChecksumStored = h.crc == crcText(crc64nvme.Checksum(probeText))
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		if err := p.create(ctx); err != nil {
			return err
		}
	}
	return nil
}

// remove cleans up where that is allowed.
func (p *probe) remove(ctx context.Context) {
	_ = p.do(ctx, "delete", p.key, func(ctx context.Context) error {
		_, err := p.store.api.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: p.store.bucket(), Key: &p.key})
		return err
	})
}

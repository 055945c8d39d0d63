package s3store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go/middleware"
	"github.com/minio/crc64nvme"
)

// Capabilities is what the store turned out to support, and with it how
// objects are confirmed there.
//
// With checksums that are stored and enforced, a piece is confirmed by a HEAD
// that returns its size and CRC64NVME. Without, MD5 is computed besides, sent
// as Content-MD5, and the ETag compared with the MD5 of the object (the MD5 of
// the parts' MD5s for a multipart upload). Where the ETag is no such value,
// the object is read back and its CRC64NVME computed here.
type Capabilities struct {
	// ChecksumAccepted: a request with a CRC64NVME header is not refused.
	ChecksumAccepted bool `json:"checksum_accepted"`
	// ConditionalCreate: PutObject with If-None-Match: * creates or fails.
	// Without it Commit looks first and then puts; the lock of the run is then
	// all that keeps two runs apart.
	ConditionalCreate bool `json:"conditional_create"`
	// ChecksumStored: HEAD returns the CRC64NVME that was sent.
	ChecksumStored bool `json:"checksum_stored"`
	// ChecksumEnforced: an upload whose checksum does not fit is refused. A
	// store that keeps what it was told without looking proves nothing.
	ChecksumEnforced bool `json:"checksum_enforced"`
	// MultipartChecksum: HEAD returns it for multipart uploads too; assumed
	// until the first one.
	MultipartChecksum bool          `json:"multipart_checksum"`
	ClockSkew         time.Duration `json:"clock_skew"` // the store's clock minus ours, about
	ProbedAt          time.Time     `json:"probed_at"`
}

const (
	probeBudget = 10 * time.Second // to find a store that does not answer
	capsMaxAge  = 24 * time.Hour
	maxSkew     = 5 * time.Minute // S3 refuses from 15
)

// ParseCapabilities reads a configured list of what a store lacks: words of
// conditional, checksum, multipart-checksum, each with or without "no-"
// before, separated by commas. ok is false for "" and "auto".
func ParseCapabilities(list string) (c Capabilities, ok bool, err error) {
	c = Capabilities{ChecksumAccepted: true, ConditionalCreate: true, ChecksumStored: true, ChecksumEnforced: true, MultipartChecksum: true}
	if list == "" || list == "auto" {
		return c, false, nil
	}
	for word := range strings.SplitSeq(list, ",") {
		switch strings.TrimPrefix(strings.TrimSpace(strings.ToLower(word)), "no-") {
		case "conditional":
			c.ConditionalCreate = false
		case "checksum":
			c = Capabilities{ConditionalCreate: c.ConditionalCreate}
		case "multipart-checksum":
			c.MultipartChecksum = false
		default:
			return c, false, fmt.Errorf("capability %.40q: allowed are auto, or a list of no-conditional, no-checksum, no-multipart-checksum", word)
		}
	}
	return c, true, nil
}

// trusted reports whether a HEAD proves the content of an object.
func (c Capabilities) trusted(multipart bool) bool {
	return c.ChecksumAccepted && c.ChecksumStored && c.ChecksumEnforced && (c.MultipartChecksum || !multipart)
}

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

// configured takes away what the configuration says the store lacks.
func (s *Store) configured(c Capabilities) Capabilities {
	have, ok, _ := ParseCapabilities(s.opt.Capabilities) // judged by Open
	if ok {
		have.ClockSkew, have.ProbedAt = c.ClockSkew, c.ProbedAt
		c = have
	}
	return c
}

// capabilities returns what is configured, was probed within a day by any run
// on this host, or is probed now.
func (s *Store) capabilities(ctx context.Context) (Capabilities, error) {
	s.capsMu.Lock()
	known := s.caps
	s.capsMu.Unlock()
	if known != nil {
		return *known, nil
	}
	if c, ok, _ := ParseCapabilities(s.opt.Capabilities); ok {
		s.learn(c)
		return c, nil
	}
	if c, ok := s.cache.capabilities(); ok && s.opt.Now().Sub(c.ProbedAt).Abs() < capsMaxAge {
		s.learn(c)
		return c, nil
	}
	return s.probeOnce(ctx)
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

func (s *Store) learn(c Capabilities) {
	s.capsMu.Lock()
	defer s.capsMu.Unlock()
	s.caps = &c
	s.cache.putCapabilities(c)
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

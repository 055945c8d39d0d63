package s3store

import (
	"context"
	"fmt"
	"strings"
	"time"
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

// capsMaxAge is how long a host believes what it found out: servers are upgraded.
const capsMaxAge = 24 * time.Hour

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

func (s *Store) learn(c Capabilities) {
	s.capsMu.Lock()
	defer s.capsMu.Unlock()
	s.caps = &c
	s.cache.putCapabilities(c)
}

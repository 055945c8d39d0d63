package s3sim

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// maxUserMeta is how much user metadata an object may carry, names included.
const maxUserMeta = 2 << 10

// kept are the headers of an upload that come back with the object.
var kept = []string{"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Type", "Expires"}

var storageClasses = []string{
	"STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "REDUCED_REDUNDANCY",
	"GLACIER_IR",
}

func (s *Server) putObject(w http.ResponseWriter, r *request) error {
	b, err := s.bucket(r.bucket)
	if err != nil {
		return err
	}
	m, err := s.describe(r)
	if err != nil {
		return err
	}
	allow, err := r.writeCondition()
	if err != nil {
		return err
	}
	f, got, err := s.receiveFile(r, b, crc64NVME)
	if err != nil {
		return err
	}
	defer discard(f)
	m.Size, m.ETag, m.Checksum = got.size, got.etag, got.given
	if m.Checksum.Value == "" { // S3 adds one of its own
		m.Checksum = got.sums.of(crc64NVME)
	}
	m.Checksum.Type = fullObject
	if err := b.commit(f, m, allow); err != nil {
		return err
	}
	w.Header().Set("ETag", quoted(m.ETag))
	m.Checksum.set(w.Header())
	return nil
}

func quoted(etag string) string { return `"` + etag + `"` }

func unquoted(etag string) string { return strings.Trim(etag, `"`) }

// describe reads what the headers of r say about the object to be.
func (s *Server) describe(r *request) (*meta, error) {
	m := &meta{
		Key:          r.key,
		LastModified: s.opt.Now().UTC().Truncate(time.Second), // as HTTP shows it
		StorageClass: r.Header.Get("x-amz-storage-class"),
		Headers:      map[string]string{},
		UserMeta:     map[string]string{},
	}
	if m.StorageClass == "" {
		m.StorageClass = storageClasses[0]
	}
	if !slices.Contains(storageClasses, m.StorageClass) {
		return nil, errInvalidStorage
	}
	if acl := r.Header.Get("x-amz-acl"); acl != "" && acl != "private" && acl != "bucket-owner-full-control" {
		return nil, &apiError{400, "AccessControlListNotSupported", "The bucket does not allow ACLs"}
	}
	for _, name := range kept {
		if v := r.Header.Get(name); v != "" {
			m.Headers[name] = v
		}
	}
	m.withoutFraming()
	return m, m.readUserMeta(r.Header)
}

// withoutFraming takes aws-chunked from the encodings: it belonged to the
// transfer, not to the object.
func (m *meta) withoutFraming() {
	var left []string
	for e := range strings.SplitSeq(m.Headers["Content-Encoding"], ",") {
		if e = strings.TrimSpace(e); e != "" && e != "aws-chunked" {
			left = append(left, e)
		}
	}
	delete(m.Headers, "Content-Encoding")
	if len(left) > 0 {
		m.Headers["Content-Encoding"] = strings.Join(left, ",")
	}
}

func (m *meta) readUserMeta(h http.Header) error {
	size := 0
	for name, values := range h {
		name, ok := strings.CutPrefix(strings.ToLower(name), "x-amz-meta-")
		if !ok {
			continue
		}
		m.UserMeta[name] = strings.Join(values, ",")
		size += len(name) + len(m.UserMeta[name])
	}
	if size > maxUserMeta {
		return errMetadataTooLarge
	}
	return nil
}

// writeCondition reads If-None-Match and If-Match of a request that makes an
// object.
func (r *request) writeCondition() (precondition, error) {
	none, match := r.Header.Get("If-None-Match"), unquoted(r.Header.Get("If-Match"))
	switch {
	case none != "" && none != "*":
		return nil, errNotImplemented.because("If-None-Match of a write can only be *.")
	case none != "" && match != "":
		return nil, errNotImplemented.because("If-Match and If-None-Match exclude each other.")
	}
	return func(now *meta) error {
		switch {
		case none != "" && now != nil:
			return errPreconditionFailed
		case match != "" && now == nil:
			return errNoSuchKey
		case match != "" && match != "*" && match != now.ETag:
			return errPreconditionFailed
		}
		return nil
	}, nil
}

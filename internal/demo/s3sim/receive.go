package s3sim

import (
	"crypto/md5" //nolint:gosec // S3's entity tags and Content-MD5 are MD5
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
)

// maxBody is the most one PUT may store, as on S3.
const maxBody = 5 << 30

var buffers = sync.Pool{New: func() any { return new([256 << 10]byte) }}

// received tells about a body that arrived whole and as it was meant.
type received struct {
	size int64
	etag string // MD5, hexadecimal
	sums digests
	// given is the checksum that the client sent, zero if it sent none.
	given checksum
}

// expectation is all that a client said about its body.
type expectation struct {
	length  int64
	md5     string // Content-MD5
	payload string // x-amz-content-sha256, where that is a hash
	mode    string // x-amz-content-sha256, where that is a form of aws-chunked
	sum     checksum
	trailer http.Header // filled while the body is read, nil for no trailer
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// receive writes the body of r to w, computing the checksums named by also
// besides what the client asks for. Nothing may be made of what w got unless
// the error is nil.
func (s *Server) receive(r *request, w io.Writer, also ...algorithm) (*received, error) {
	want, err := expect(r)
	if err != nil {
		return nil, err
	}
	got := &received{sums: digests{}}
	for _, a := range append(also, want.sum.Algorithm) {
		got.sums.add(a)
	}
	if want.payload != "" {
		got.sums.add(sha256Sum)
	}
	tag := md5.New() //nolint:gosec // see the import
	buf := buffers.Get().(*[256 << 10]byte)
	defer buffers.Put(buf)
	// One byte more than announced is enough to see that there is more.
	body := io.LimitReader(want.body(r, limited(r.Context(), r.Body, s.up)), want.length+1)
	got.size, err = io.CopyBuffer(io.MultiWriter(w, tag, got.sums), body, buf[:])
	if err != nil {
		return nil, err
	}
	got.etag = hexSum(tag)
	return got, want.met(got)
}

func (e *expectation) body(r *request, raw io.Reader) io.Reader {
	if e.mode == "" {
		return raw
	}
	c := newChunkedReader(raw, e.mode, r.sig)
	e.trailer = c.trailer
	return c
}

func expect(r *request) (*expectation, error) {
	e := &expectation{length: r.ContentLength, md5: r.Header.Get("Content-MD5")}
	switch mode := r.Header.Get("x-amz-content-sha256"); {
	case mode == streamingUnsignedTrail, mode == streamingSigned, mode == streamingSignedTrail:
		e.mode = mode
		n, err := strconv.ParseInt(r.Header.Get("x-amz-decoded-content-length"), 10, 64)
		if err != nil {
			return nil, errMissingLength.because("The x-amz-decoded-content-length header is required.")
		}
		e.length = n
	case strings.HasPrefix(mode, "STREAMING-"):
		return nil, errNotImplemented.because("The payload form %s is not implemented.", mode)
	case mode != unsignedPayload:
		e.payload = mode
	}
	if e.length < 0 {
		return nil, errMissingLength
	}
	if e.length > maxBody {
		return nil, errEntityTooLarge
	}
	return e, errors.Join(e.expectMD5(), e.expectChecksum(r))
}

func (e *expectation) expectMD5() error {
	raw, err := base64.StdEncoding.DecodeString(e.md5)
	if err != nil || e.md5 != "" && len(raw) != md5.Size {
		return errInvalidDigest
	}
	return nil
}

func (e *expectation) expectChecksum(r *request) (err error) {
	if e.sum, err = checksumOf(r.Header); err != nil {
		return err
	}
	name, announced := strings.CutPrefix(strings.ToLower(r.Header.Get("x-amz-trailer")), "x-amz-checksum-")
	switch {
	case e.sum.Value != "" && announced:
		return errInvalidRequest.because("Only one checksum may be given.")
	case e.sum.Value != "":
		return e.sum.valid()
	case !announced:
		return nil
	case e.mode == "" || e.mode == streamingSigned:
		return errInvalidRequest.because("A trailing checksum needs a payload form that has a trailer.")
	}
	e.sum.Algorithm, err = algorithmNamed(name)
	return err
}

// met compares what came with what was said.
func (e *expectation) met(got *received) error {
	switch {
	case got.size < e.length:
		return errIncompleteBody
	case got.size > e.length:
		return errInvalidRequest.because("The body is longer than was announced.")
	case e.payload != "" && !equal(e.payload, hexSum(got.sums[sha256Sum])):
		return errPayloadHash
	case e.md5 != "" && e.md5 != base64MD5(got.etag):
		return errBadDigest.because("The Content-MD5 you specified did not match what we received.")
	}
	if e.sum.Algorithm == noChecksum {
		return nil
	}
	given := e.sum
	if given.Value == "" {
		given.Value = e.trailer.Get(given.Algorithm.header())
	}
	if given.Value != got.sums.of(given.Algorithm).Value {
		return errBadDigest.because("The %s you specified did not match the calculated checksum.", given.Algorithm)
	}
	got.given = given
	return nil
}

func equal(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

func base64MD5(hexadecimal string) string {
	raw, _ := hex.DecodeString(hexadecimal) // our own
	return base64.StdEncoding.EncodeToString(raw)
}

// receiveFile receives the body of r into a new, synced temporary file of b. The
// caller discards the file, published or not.
func (s *Server) receiveFile(r *request, b bucket, also ...algorithm) (*os.File, *received, error) {
	f, err := b.tempFile()
	if err != nil {
		return nil, nil, err
	}
	got, err := s.receive(r, f, also...)
	if err == nil {
		err = b.syncFile(f) // takes its time, so not under the lock
	}
	if err != nil {
		discard(f)
		return nil, nil, err
	}
	return f, got, nil
}

// receiveText receives a small body, such as an XML document.
func (s *Server) receiveText(r *request, limit int64) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, errMalformedXML.because("The request body is too long.")
	}
	var text limitedBuffer
	text.left = limit
	if _, err := s.receive(r, &text); err != nil {
		return nil, err
	}
	return text.b, nil
}

type limitedBuffer struct {
	b    []byte
	left int64
}

func (l *limitedBuffer) Write(p []byte) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, errMalformedXML.because("The request body is too long.")
	}
	l.b = append(l.b, p...)
	return len(p), nil
}

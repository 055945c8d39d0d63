package s3sim

import (
	"crypto/md5" //nolint:gosec // S3's entity tags are MD5
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// minPart is the least that a part may have, the last one excepted.
const minPart = 5 << 20

type completion struct {
	XMLName xml.Name        `xml:"CompleteMultipartUpload"`
	Parts   []completedPart `xml:"Part"`
}

type completedPart struct {
	PartNumber int
	ETag       string
	xmlChecksums
}

type completeResult struct {
	XMLName  xml.Name `xml:"CompleteMultipartUploadResult"`
	NS       string   `xml:"xmlns,attr"`
	Location string
	Bucket   string
	Key      string
	ETag     string
	xmlChecksums
	ChecksumType string `xml:",omitempty"`
}

// completeUpload ends an upload. Asked for again, it knows the upload no more:
// some stores answer a repeated completion as they did the first, others do
// not, and clients must be able to live with those.
func (s *Server) completeUpload(w http.ResponseWriter, r *request) error {
	b, err := s.bucket(r.bucket)
	if err != nil {
		return err
	}
	u, err := b.upload(r)
	if err != nil {
		return err
	}
	m, err := s.assemble(r, b, u)
	if err != nil {
		return err
	}
	if err := b.drop(u); err != nil {
		return err
	}
	out := completeResult{
		NS: namespace, Location: "http://" + r.Host + r.URL.EscapedPath(), Bucket: r.bucket, Key: r.key,
		ETag: quoted(m.ETag), ChecksumType: m.Checksum.Type,
	}
	out.set(m.Checksum)
	writeXML(w, http.StatusOK, out)
	return nil
}

// claim is what the headers of a completion say about the object to be. A
// checksum among them is one of the object, not of the request's body.
type claim struct {
	sum   checksum
	size  string
	allow precondition
}

func (r *request) takeClaim() (c claim, err error) {
	if c.sum, err = checksumOf(r.Header); err != nil {
		return c, err
	}
	c.sum.Type = r.Header.Get("x-amz-checksum-type")
	c.size = r.Header.Get("x-amz-mp-object-size")
	if c.sum.Value != "" {
		if err := c.sum.valid(); err != nil {
			return c, err
		}
		r.Header.Del(c.sum.Algorithm.header())
	}
	c.allow, err = r.writeCondition()
	return c, err
}

// assemble makes the object of an upload's parts. The upload stays as it is, so
// that a failure can be repaired and tried again.
func (s *Server) assemble(r *request, b bucket, u *upload) (*meta, error) {
	claim, err := r.takeClaim()
	if err != nil {
		return nil, err
	}
	parts, err := s.chooseParts(r, b, u)
	if err != nil {
		return nil, err
	}
	if err := b.allowed(u.Object.Key, claim.allow); err != nil { // before the work rather than after it
		return nil, err
	}
	f, sums, err := b.join(u, parts)
	if err != nil {
		return nil, err
	}
	defer discard(f)
	m := u.describe(parts, sums)
	m.LastModified = s.opt.Now().UTC().Truncate(time.Second)
	if err := u.agrees(claim, m); err != nil {
		return nil, err
	}
	return m, b.commit(f, m, func(now *meta) error {
		if _, err := b.uploadByID(u.ID); err != nil { // aborted meanwhile
			return err
		}
		return claim.allow(now)
	})
}

// allowed asks a precondition about the object as it is now.
func (b bucket) allowed(key string, allow precondition) error {
	now, err := b.stat(key)
	if err != nil && !errors.Is(err, errNoSuchKey) {
		return err
	}
	return allow(now)
}

func (u *upload) describe(parts []*part, sums digests) *meta {
	m := u.Object
	m.ETag = tagOfParts(parts)
	m.Checksum = u.checksum(parts, sums)
	for _, p := range parts {
		m.Size += p.Size
	}
	return &m
}

// chooseParts reads which parts the client wants, and proves that they are the
// ones that are here.
func (s *Server) chooseParts(r *request, b bucket, u *upload) ([]*part, error) {
	text, err := s.receiveText(r, 8<<20)
	if err != nil {
		return nil, err
	}
	var want completion
	if err := xml.Unmarshal(text, &want); err != nil || len(want.Parts) == 0 || len(want.Parts) > maxPartNumber {
		return nil, errMalformedXML
	}
	here, err := b.parts(u)
	if err != nil {
		return nil, err
	}
	return u.match(want.Parts, here)
}

func (u *upload) match(want []completedPart, here []*part) ([]*part, error) {
	for i := 1; i < len(want); i++ {
		if want[i].PartNumber <= want[i-1].PartNumber {
			return nil, errInvalidPartOrder
		}
	}
	byNumber := map[int]*part{}
	for _, p := range here {
		byNumber[p.Number] = p
	}
	var chosen []*part
	for i, w := range want {
		p := byNumber[w.PartNumber]
		if err := u.accepts(w, p); err != nil {
			return nil, err
		}
		if i < len(want)-1 && p.Size < minPart {
			return nil, errEntityTooSmall
		}
		chosen = append(chosen, p)
	}
	return chosen, nil
}

// accepts compares what the client says about a part with the part that is here.
func (u *upload) accepts(w completedPart, p *part) error {
	if p == nil || unquoted(w.ETag) != p.ETag || w.contradicts(p.Checksum) {
		return errInvalidPart
	}
	if u.Type == composite && *w.field(u.Algorithm) == "" {
		return errInvalidRequest.because("The upload was created using a %s checksum. The complete request must include "+
			"the checksum for each part. It was missing for part %d in the request.", u.Algorithm, w.PartNumber)
	}
	return nil
}

// join copies the parts into one synced file, reading back what was stored, and
// sums it.
func (b bucket) join(u *upload, parts []*part) (*os.File, digests, error) {
	sums := digests{}
	sums.add(u.summing())
	whole, err := b.tempFile()
	if err != nil {
		return nil, nil, err
	}
	for _, p := range parts {
		if err == nil {
			err = appendPart(io.MultiWriter(whole, sums), b.part(u.ID, p.Number).data(p.Data), p.Size)
		}
	}
	if err == nil {
		err = b.syncFile(whole)
	}
	if err != nil {
		discard(whole)
		return nil, nil, err
	}
	return whole, sums, nil
}

func appendPart(w io.Writer, path string, size int64) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) { // replaced or aborted meanwhile
		return errInvalidPart
	}
	if err != nil {
		return err
	}
	defer f.Close()
	buf := buffers.Get().(*[256 << 10]byte)
	defer buffers.Put(buf)
	n, err := io.CopyBuffer(w, struct{ io.Reader }{f}, buf[:])
	if err == nil && n != size {
		return errInternal.because("A part's data is not as long as its metadata says.")
	}
	return err
}

func tagOfParts(parts []*part) string {
	h := md5.New() //nolint:gosec // see the import
	for _, p := range parts {
		raw, _ := hex.DecodeString(p.ETag) // our own
		h.Write(raw)
	}
	return fmt.Sprintf("%x-%d", h.Sum(nil), len(parts))
}

func (u *upload) checksum(parts []*part, whole digests) checksum {
	if u.Type == fullObject {
		c := whole.of(u.summing())
		c.Type = fullObject
		return c
	}
	h := u.Algorithm.new()
	for _, p := range parts {
		raw, _ := base64.StdEncoding.DecodeString(p.Checksum.Value) // our own
		h.Write(raw)
	}
	value := fmt.Sprintf("%s-%d", base64.StdEncoding.EncodeToString(h.Sum(nil)), len(parts))
	return checksum{Algorithm: u.Algorithm, Value: value, Type: composite}
}

// agrees compares the whole with what the completion says of it.
func (u *upload) agrees(c claim, m *meta) error {
	switch {
	case c.sum.Type != "" && c.sum.Type != u.Type:
		return errInvalidRequest.because("The upload was created using the %s checksum mode. The complete request must use the same checksum mode.", u.Type)
	case c.size != "" && c.size != strconv.FormatInt(m.Size, 10):
		return errInvalidRequest.because("The provided 'x-amz-mp-object-size' header value %s does not match what was computed: %d", c.size, m.Size)
	case c.sum.Value == "":
		return nil
	case c.sum.Algorithm != u.summing():
		return errInvalidRequest.because("Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum Type: %s", u.summing(), c.sum.Algorithm)
	}
	sum, _, _ := strings.Cut(m.Checksum.Value, "-") // a composite value may come without its count
	if c.sum.Value != m.Checksum.Value && c.sum.Value != sum {
		return errBadDigest.because("The %s you specified did not match the calculated checksum.", c.sum.Algorithm)
	}
	return nil
}

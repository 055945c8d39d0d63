package s3sim

import (
	"encoding/xml"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

const maxPartNumber = 10_000

// upload is a multipart upload under way: a folder with this description and
// the parts that have arrived.
type upload struct {
	ID        string    `json:"id"`
	Initiated time.Time `json:"initiated"`
	Algorithm algorithm `json:"algorithm,omitempty"` // none if the client named none
	Type      string    `json:"type,omitempty"`      // fullObject or composite
	Object    meta      `json:"object"`              // what is to become of it
}

// part is an uploaded part; it lies beside its data.
type part struct {
	Number       int       `json:"number"`
	Data         string    `json:"data"`
	Size         int64     `json:"size"`
	ETag         string    `json:"etag"`
	LastModified time.Time `json:"last_modified"`
	Checksum     checksum  `json:"checksum"`
}

var uploadID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// summing is the algorithm that parts are summed with. An upload for which none
// was named gets a CRC64NVME of the whole, as on S3.
func (u *upload) summing() algorithm {
	if u.Algorithm == noChecksum {
		return crc64NVME
	}
	return u.Algorithm
}

func (b bucket) uploadFolder(id string) string { return filepath.Join(b.uploads(), id) }

func (b bucket) uploadFile(id string) string {
	return filepath.Join(b.uploadFolder(id), "upload.json")
}

func (b bucket) part(id string, number int) stored {
	name := strconv.Itoa(number)
	return stored{b.uploadFolder(id), "00000"[:5-len(name)] + name}
}

// upload finds the upload that r is about.
func (b bucket) upload(r *request) (*upload, error) {
	u, err := b.uploadByID(r.param("uploadId"))
	if err != nil || u.Object.Key != r.key {
		return nil, errors.Join(errNoSuchUpload, err)
	}
	return u, nil
}

func (b bucket) uploadByID(id string) (*upload, error) {
	if !uploadID.MatchString(id) {
		return nil, errNoSuchUpload
	}
	u := new(upload)
	err := readJSON(b.uploadFile(id), u)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoSuchUpload
	}
	return u, err
}

type createUploadResult struct {
	XMLName  xml.Name `xml:"InitiateMultipartUploadResult"`
	NS       string   `xml:"xmlns,attr"`
	Bucket   string
	Key      string
	UploadID string `xml:"UploadId"`
}

func (s *Server) createUpload(w http.ResponseWriter, r *request) error {
	b, err := s.bucket(r.bucket)
	if err != nil {
		return err
	}
	m, err := s.describe(r)
	if err != nil {
		return err
	}
	u := &upload{ID: newDataID() + newDataID(), Initiated: s.opt.Now().UTC(), Object: *m}
	if err := u.readAlgorithm(r.Header); err != nil {
		return err
	}
	if err := b.makeDirs(b.uploadFolder(u.ID)); err != nil {
		return err
	}
	if err := b.writeJSON(b.uploadFile(u.ID), u); err != nil {
		return errors.Join(err, os.RemoveAll(b.uploadFolder(u.ID)))
	}
	if u.Algorithm != noChecksum {
		w.Header().Set("x-amz-checksum-algorithm", string(u.Algorithm))
		w.Header().Set("x-amz-checksum-type", u.Type)
	}
	writeXML(w, http.StatusOK, createUploadResult{NS: namespace, Bucket: r.bucket, Key: r.key, UploadID: u.ID})
	return nil
}

func (u *upload) readAlgorithm(h http.Header) (err error) {
	u.Type = h.Get("x-amz-checksum-type")
	name := h.Get("x-amz-checksum-algorithm")
	if name == "" {
		if u.Type != "" {
			return errInvalidRequest.because("The x-amz-checksum-type header needs an x-amz-checksum-algorithm.")
		}
		u.Type = fullObject
		return nil
	}
	if u.Algorithm, err = algorithmNamed(name); err != nil {
		return err
	}
	switch {
	case u.Type == "" && u.Algorithm == crc64NVME:
		u.Type = fullObject
	case u.Type == "":
		u.Type = composite
	case u.Type == fullObject && !u.Algorithm.linear(),
		u.Type == composite && u.Algorithm == crc64NVME,
		u.Type != fullObject && u.Type != composite:
		return errInvalidRequest.because("The %s checksum type cannot be used with the %s checksum algorithm.", u.Type, u.Algorithm)
	}
	return nil
}

func (s *Server) uploadPart(w http.ResponseWriter, r *request) error {
	b, err := s.bucket(r.bucket)
	if err != nil {
		return err
	}
	u, err := b.upload(r)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(r.param("partNumber"))
	if err != nil || number < 1 || number > maxPartNumber {
		return errInvalidArgument.because("Part number must be an integer between 1 and %d, inclusive", maxPartNumber)
	}
	f, got, err := s.receiveFile(r, b, u.summing())
	if err != nil {
		return err
	}
	defer discard(f)
	if given := got.given.Algorithm; given != noChecksum && u.Algorithm != noChecksum && given != u.Algorithm {
		return errInvalidRequest.because("Checksum Type mismatch occurred, expected checksum Type: %s, actual checksum Type: %s", u.Algorithm, given)
	}
	p := &part{Number: number, Size: got.size, ETag: got.etag, LastModified: s.opt.Now().UTC(), Checksum: got.sums.of(u.summing())}
	if err := b.putPart(u, p, f); err != nil {
		return err
	}
	w.Header().Set("ETag", quoted(p.ETag))
	got.given.set(w.Header())
	return nil
}

// putPart adds a part to an upload, or replaces it.
func (b bucket) putPart(u *upload, p *part, data *os.File) error {
	unlock, err := b.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := b.uploadByID(u.ID); err != nil { // aborted meanwhile
		return err
	}
	place := b.part(u.ID, p.Number)
	var old part
	if err := readJSON(place.meta(), &old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	p.Data = newDataID()
	if err := b.put(place, data, p.Data, p); err != nil {
		return err
	}
	if old.Data != "" {
		_ = os.Remove(place.data(old.Data))
	}
	return nil
}

func (s *Server) abortUpload(w http.ResponseWriter, r *request) error {
	b, err := s.bucket(r.bucket)
	if err != nil {
		return err
	}
	u, err := b.upload(r)
	if err != nil {
		return err
	}
	if err := b.drop(u); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// drop ends an upload with all its parts. One that is gone already is no error.
func (b bucket) drop(u *upload) error {
	unlock, err := b.lock()
	if err != nil {
		return err
	}
	defer unlock()
	err = b.trash(b.uploadFolder(u.ID))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

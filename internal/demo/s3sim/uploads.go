package s3sim

import (
	"cmp"
	"encoding/xml"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
)

type uploadList struct {
	XMLName            xml.Name `xml:"ListMultipartUploadsResult"`
	NS                 string   `xml:"xmlns,attr"`
	Bucket             string
	Prefix             string
	KeyMarker          string
	UploadIDMarker     string `xml:"UploadIdMarker"`
	NextKeyMarker      string `xml:",omitempty"`
	NextUploadIDMarker string `xml:"NextUploadIdMarker,omitempty"`
	EncodingType       string `xml:",omitempty"`
	MaxUploads         int
	IsTruncated        bool
	Uploads            []listedUpload `xml:"Upload"`
}

type listedUpload struct {
	Key               string
	UploadID          string `xml:"UploadId"`
	Initiator, Owner  owner
	StorageClass      string
	Initiated         string
	ChecksumAlgorithm algorithm `xml:",omitempty"`
	ChecksumType      string    `xml:",omitempty"`
}

func (s *Server) listUploads(w http.ResponseWriter, r *request) error {
	b, err := s.bucket(r.bucket)
	if err != nil {
		return err
	}
	if r.param("delimiter") != "" {
		return errNotImplemented.because("The embedded server lists uploads without a delimiter only.")
	}
	out := uploadList{
		NS: namespace, Bucket: r.bucket, Prefix: r.param("prefix"),
		KeyMarker: r.param("key-marker"), UploadIDMarker: r.param("upload-id-marker"),
		EncodingType: r.param("encoding-type"),
	}
	if out.MaxUploads, err = r.pageSize("max-uploads"); err != nil {
		return err
	}
	encode, err := encoder(out.EncodingType)
	if err != nil {
		return err
	}
	all, err := b.allUploads()
	if err != nil {
		return err
	}
	out.fill(all, owner{s.opt.AccessKey, "demo"})
	out.encode(encode)
	writeXML(w, http.StatusOK, out)
	return nil
}

func (l *uploadList) encode(f func(string) string) {
	l.Prefix, l.KeyMarker, l.NextKeyMarker = f(l.Prefix), f(l.KeyMarker), f(l.NextKeyMarker)
	for i := range l.Uploads {
		l.Uploads[i].Key = f(l.Uploads[i].Key)
	}
}

// allUploads reads the uploads under way, by key and then by age. There are
// never many: each is one file that some run is sending.
func (b bucket) allUploads() ([]*upload, error) {
	entries, err := os.ReadDir(b.uploads())
	if err != nil {
		return nil, err
	}
	var all []*upload
	for _, e := range entries {
		u, err := b.uploadByID(e.Name())
		if errors.Is(err, errNoSuchUpload) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, u)
	}
	slices.SortFunc(all, func(x, y *upload) int {
		return cmp.Or(strings.Compare(x.Object.Key, y.Object.Key), x.Initiated.Compare(y.Initiated), strings.Compare(x.ID, y.ID))
	})
	return all, nil
}

func (l *uploadList) fill(all []*upload, by owner) {
	for _, u := range l.behindMarker(all) {
		if !strings.HasPrefix(u.Object.Key, l.Prefix) {
			continue
		}
		if len(l.Uploads) == l.MaxUploads {
			l.IsTruncated = true
			return
		}
		l.NextKeyMarker, l.NextUploadIDMarker = u.Object.Key, u.ID
		l.Uploads = append(l.Uploads, listedUpload{
			Key: u.Object.Key, UploadID: u.ID, Initiator: by, Owner: by, StorageClass: u.Object.StorageClass,
			Initiated: iso(u.Initiated), ChecksumAlgorithm: u.Algorithm, ChecksumType: u.Type,
		})
	}
	l.NextKeyMarker, l.NextUploadIDMarker = "", ""
}

// behindMarker leaves out what the pages before have shown.
func (l *uploadList) behindMarker(all []*upload) []*upload {
	if l.KeyMarker == "" {
		return all
	}
	for i, u := range all {
		if u.Object.Key == l.KeyMarker && u.ID == l.UploadIDMarker {
			return all[i+1:]
		}
		if u.Object.Key > l.KeyMarker {
			return all[i:]
		}
	}
	return nil
}

type partList struct {
	XMLName              xml.Name `xml:"ListPartsResult"`
	NS                   string   `xml:"xmlns,attr"`
	Bucket               string
	Key                  string
	UploadID             string `xml:"UploadId"`
	Initiator, Owner     owner
	StorageClass         string
	PartNumberMarker     int
	NextPartNumberMarker int
	MaxParts             int
	IsTruncated          bool
	ChecksumAlgorithm    algorithm    `xml:",omitempty"`
	ChecksumType         string       `xml:",omitempty"`
	Parts                []listedPart `xml:"Part"`
}

type listedPart struct {
	PartNumber   int
	LastModified string
	ETag         string
	Size         int64
	xmlChecksums
}

func (s *Server) listParts(w http.ResponseWriter, r *request) error {
	b, err := s.bucket(r.bucket)
	if err != nil {
		return err
	}
	u, err := b.upload(r)
	if err != nil {
		return err
	}
	me := owner{s.opt.AccessKey, "demo"}
	out := partList{
		NS: namespace, Bucket: r.bucket, Key: r.key, UploadID: u.ID, Initiator: me, Owner: me,
		StorageClass: u.Object.StorageClass, ChecksumAlgorithm: u.Algorithm, ChecksumType: u.Type,
	}
	if marker := r.param("part-number-marker"); marker != "" {
		if out.PartNumberMarker, err = strconv.Atoi(marker); err != nil {
			return errInvalidArgument.because("part-number-marker is not a number.")
		}
	}
	if out.MaxParts, err = r.pageSize("max-parts"); err != nil {
		return err
	}
	parts, err := b.parts(u)
	if err != nil {
		return err
	}
	out.fill(parts)
	writeXML(w, http.StatusOK, out)
	return nil
}

func (l *partList) fill(parts []*part) {
	for _, p := range parts {
		if p.Number <= l.PartNumberMarker {
			continue
		}
		if len(l.Parts) == l.MaxParts {
			l.IsTruncated = true
			return
		}
		lp := listedPart{PartNumber: p.Number, LastModified: iso(p.LastModified), ETag: quoted(p.ETag), Size: p.Size}
		if l.ChecksumAlgorithm != noChecksum {
			lp.set(p.Checksum)
		}
		l.Parts = append(l.Parts, lp)
		l.NextPartNumberMarker = p.Number
	}
}

// parts reads the parts that have arrived, by number.
func (b bucket) parts(u *upload) ([]*part, error) {
	entries, err := os.ReadDir(b.uploadFolder(u.ID)) // sorted, and numbers have five digits
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoSuchUpload
	}
	if err != nil {
		return nil, err
	}
	var parts []*part
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), metaSuffix)
		if !ok {
			continue
		}
		p := new(part)
		if err := readJSON(stored{b.uploadFolder(u.ID), name}.meta(), p); err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

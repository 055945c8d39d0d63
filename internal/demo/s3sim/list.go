package s3sim

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// pageLimit is the most that one page of a list holds, as on S3.
const pageLimit = 1000

type listResult struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	NS                    string   `xml:"xmlns,attr"`
	Name                  string
	Prefix                string
	Delimiter             string  `xml:",omitempty"`
	Marker                *string // of version 1 of the operation, as is NextMarker
	NextMarker            string  `xml:",omitempty"`
	StartAfter            string  `xml:",omitempty"`
	ContinuationToken     string  `xml:",omitempty"`
	NextContinuationToken string  `xml:",omitempty"`
	EncodingType          string  `xml:",omitempty"`
	KeyCount              *int    // of version 2 only
	MaxKeys               int
	IsTruncated           bool
	Contents              []listedObject
	CommonPrefixes        []commonPrefix
}

type commonPrefix struct{ Prefix string }

type listedObject struct {
	Key               string
	LastModified      string
	ETag              string
	ChecksumAlgorithm algorithm `xml:",omitempty"`
	ChecksumType      string    `xml:",omitempty"`
	Size              int64
	StorageClass      string
	Owner             *owner
}

// listObjects answers both versions of the operation.
func (s *Server) listObjects(w http.ResponseWriter, r *request) error {
	b, err := s.bucket(r.bucket)
	if err != nil {
		return err
	}
	out := &listResult{
		NS: namespace, Name: r.bucket, Prefix: r.param("prefix"), Delimiter: r.param("delimiter"),
		EncodingType: r.param("encoding-type"),
	}
	if out.MaxKeys, err = r.pageSize("max-keys"); err != nil {
		return err
	}
	encode, err := encoder(out.EncodingType)
	if err != nil {
		return err
	}
	l := lister{bucket: b, out: out}
	if second := r.param("list-type") == "2"; !second || r.param("fetch-owner") == "true" {
		l.owner = &owner{s.opt.AccessKey, "demo"}
	}
	if err := l.page(r); err != nil {
		return err
	}
	out.encode(encode)
	writeXML(w, http.StatusOK, out)
	return nil
}

// page fills the page that r asks for, in the words of its version.
func (l *lister) page(r *request) error {
	if r.param("list-type") == "2" {
		l.out.StartAfter, l.out.ContinuationToken = r.param("start-after"), r.param("continuation-token")
		l.out.KeyCount = &l.count
		return l.fill()
	}
	marker := r.param("marker")
	l.out.Marker = &marker
	l.walk.after = marker
	if d := l.out.Delimiter; d != "" && strings.HasSuffix(marker, d) && strings.HasPrefix(marker, l.out.Prefix) {
		l.walk.after = pastAll(marker) // a common prefix, shown already
	}
	err := l.fill()
	if l.out.IsTruncated {
		l.out.NextMarker, l.out.NextContinuationToken = strings.TrimSuffix(l.walk.after, pastAll("")), ""
	}
	return err
}

// pageSize reads the parameter that limits a page.
func (r *request) pageSize(name string) (int, error) {
	if r.param(name) == "" {
		return pageLimit, nil
	}
	n, err := strconv.ParseInt(r.param(name), 10, 32)
	if err != nil || n < 0 {
		return 0, errInvalidArgument.because("%s is not a number of entries.", name)
	}
	return min(int(n), pageLimit), nil
}

// encoder returns what encoding-type asks to be done to keys.
func encoder(encodingType string) (func(string) string, error) {
	switch encodingType {
	case "":
		return func(s string) string { return s }, nil
	case "url":
		return func(s string) string { return awsEscape(s, true) }, nil
	}
	return nil, errInvalidArgument.because("Invalid Encoding Method specified in Request")
}

func (l *listResult) encode(f func(string) string) {
	l.Prefix, l.Delimiter, l.StartAfter, l.NextMarker = f(l.Prefix), f(l.Delimiter), f(l.StartAfter), f(l.NextMarker)
	if l.Marker != nil {
		*l.Marker = f(*l.Marker)
	}
	for i := range l.Contents {
		l.Contents[i].Key = f(l.Contents[i].Key)
	}
	for i := range l.CommonPrefixes {
		l.CommonPrefixes[i].Prefix = f(l.CommonPrefixes[i].Prefix)
	}
}

// lister fills one page. Where a page ended is all that the next one needs to
// know, so any process can go on with the list of another.
type lister struct {
	bucket bucket
	out    *listResult
	owner  *owner
	walk   walk
	count  int // of entries on the page
	err    error
}

func (l *lister) fill() error {
	l.walk = walk{prefix: l.out.Prefix, after: max(l.walk.after, l.out.StartAfter), visit: l.visit}
	if token := l.out.ContinuationToken; token != "" {
		after, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil || len(after) == 0 {
			return errInvalidArgument.because("The continuation token provided is incorrect")
		}
		l.walk.after = max(l.walk.after, string(after))
	}
	if l.out.MaxKeys == 0 {
		return nil
	}
	return errors.Join(l.walk.run(l.bucket), l.err)
}

func (l *lister) visit(key string) bool {
	if l.count == l.out.MaxKeys {
		l.out.IsTruncated = true
		l.out.NextContinuationToken = base64.RawURLEncoding.EncodeToString([]byte(l.walk.after))
		return false
	}
	if p := l.rolledUp(key); p != "" {
		l.out.CommonPrefixes = append(l.out.CommonPrefixes, commonPrefix{p})
		l.count++
		l.walk.after = pastAll(p)
		return true
	}
	l.walk.after = key
	m, err := l.bucket.stat(key)
	switch {
	case errors.Is(err, errNoSuchKey): // removed since the folder was read
		return true
	case err != nil:
		l.err = err
		return false
	}
	l.out.Contents = append(l.out.Contents, l.listed(m))
	l.count++
	return true
}

// rolledUp is the common prefix that stands for key, or "" if it stands for
// itself.
func (l *lister) rolledUp(key string) string {
	if l.out.Delimiter == "" {
		return ""
	}
	head, _, found := strings.Cut(key[len(l.out.Prefix):], l.out.Delimiter)
	if !found {
		return ""
	}
	return l.out.Prefix + head + l.out.Delimiter
}

func (l *lister) listed(m *meta) listedObject {
	return listedObject{
		Key: m.Key, LastModified: iso(m.LastModified), ETag: quoted(m.ETag),
		ChecksumAlgorithm: m.Checksum.Algorithm, ChecksumType: m.Checksum.Type,
		Size: m.Size, StorageClass: m.StorageClass, Owner: l.owner,
	}
}

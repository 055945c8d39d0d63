package s3sim

import (
	"encoding/xml"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"
)

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// isoTime is the form of times in S3's XML.
const isoTime = "2006-01-02T15:04:05.000Z"

func iso(t time.Time) string { return t.UTC().Format(isoTime) }

type bucketEntry struct {
	Name         string
	CreationDate string
	BucketRegion string
}

type bucketList struct {
	XMLName xml.Name      `xml:"ListAllMyBucketsResult"`
	NS      string        `xml:"xmlns,attr"`
	Owner   owner         `xml:"Owner"`
	Buckets []bucketEntry `xml:"Buckets>Bucket"`
	Prefix  string        `xml:",omitempty"`
}

type owner struct{ ID, DisplayName string }

func (s *Server) listBuckets(w http.ResponseWriter, r *request) error {
	out := bucketList{NS: namespace, Owner: owner{s.opt.AccessKey, "demo"}, Prefix: r.param("prefix")}
	entries, err := os.ReadDir(s.dir) // sorted by name
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		b, err := s.bucket(e.Name())
		if err != nil || !strings.HasPrefix(e.Name(), out.Prefix) {
			continue
		}
		out.Buckets = append(out.Buckets, bucketEntry{e.Name(), iso(b.created()), s.opt.Region})
	}
	writeXML(w, http.StatusOK, out)
	return nil
}

func (s *Server) createBucket(w http.ResponseWriter, r *request) error {
	b, err := s.bucketAt(r.bucket)
	if err != nil {
		return err
	}
	if err := s.checkLocation(r); err != nil {
		return err
	}
	switch err := b.create(s.opt.Now()); {
	case errors.Is(err, fs.ErrExist):
		return errBucketOwned
	case err != nil:
		return err
	}
	w.Header().Set("Location", "/"+r.bucket)
	return nil
}

// checkLocation reads the region that a new bucket is meant for.
func (s *Server) checkLocation(r *request) error {
	text, err := s.receiveText(r, 64<<10)
	if err != nil || len(text) == 0 {
		return err
	}
	var in struct {
		XMLName  xml.Name `xml:"CreateBucketConfiguration"`
		Location string   `xml:"LocationConstraint"`
	}
	if err := xml.Unmarshal(text, &in); err != nil {
		return errMalformedXML
	}
	if in.Location != "" && in.Location != s.opt.Region {
		return &apiError{400, "IllegalLocationConstraintException", "The location constraint is not this server's region."}
	}
	return nil
}

func (s *Server) headBucket(w http.ResponseWriter, r *request) error {
	_, err := s.bucket(r.bucket)
	if err == nil {
		w.Header().Set("x-amz-bucket-region", s.opt.Region)
	}
	return err
}

func (s *Server) deleteBucket(w http.ResponseWriter, r *request) error {
	b, err := s.bucket(r.bucket)
	if err != nil {
		return err
	}
	if err := b.remove(); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) bucketLocation(w http.ResponseWriter, r *request) error {
	if _, err := s.bucket(r.bucket); err != nil {
		return err
	}
	out := struct {
		XMLName  xml.Name `xml:"LocationConstraint"`
		NS       string   `xml:"xmlns,attr"`
		Location string   `xml:",chardata"`
	}{NS: namespace}
	if s.opt.Region != DefaultRegion { // which S3 calls by no name
		out.Location = s.opt.Region
	}
	writeXML(w, http.StatusOK, out)
	return nil
}

func (s *Server) bucketVersioning(w http.ResponseWriter, r *request) error {
	if _, err := s.bucket(r.bucket); err != nil {
		return err
	}
	writeXML(w, http.StatusOK, struct {
		XMLName xml.Name `xml:"VersioningConfiguration"`
		NS      string   `xml:"xmlns,attr"`
	}{NS: namespace})
	return nil
}

// CreateBucket makes a bucket as a request would; one that exists is kept.
func (s *Server) CreateBucket(name string) error {
	b, err := s.bucketAt(name)
	if err != nil {
		return err
	}
	if err := b.create(s.opt.Now()); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

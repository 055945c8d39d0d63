package s3sim

import (
	"encoding/xml"
	"net/http"
)

const maxDeletes = 1000

func (s *Server) deleteObject(w http.ResponseWriter, r *request) error {
	b, err := s.bucket(r.bucket)
	if err != nil {
		return err
	}
	if err := b.delete(r.key, matches(r.Header.Get("If-Match"))); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// matches is the precondition of a conditional delete: a missing object is no
// obstacle, another one is.
func matches(etag string) precondition {
	etag = unquoted(etag)
	return func(now *meta) error {
		if etag != "" && etag != "*" && now != nil && now.ETag != etag {
			return errPreconditionFailed
		}
		return nil
	}
}

type deleteRequest struct {
	XMLName xml.Name `xml:"Delete"`
	Quiet   bool
	Objects []struct {
		Key       string
		VersionID string `xml:"VersionId"`
		ETag      string
	} `xml:"Object"`
}

type deleteResult struct {
	XMLName xml.Name `xml:"DeleteResult"`
	NS      string   `xml:"xmlns,attr"`
	Deleted []deletedKey
	Errors  []deleteError `xml:"Error"`
}

type deletedKey struct{ Key string }

type deleteError struct{ Key, Code, Message string }

func (s *Server) deleteObjects(w http.ResponseWriter, r *request) error {
	b, err := s.bucket(r.bucket)
	if err != nil {
		return err
	}
	in, err := s.readDeletes(r)
	if err != nil {
		return err
	}
	out := deleteResult{NS: namespace}
	for _, o := range in.Objects {
		err := checkKey(o.Key)
		if o.VersionID != "" && o.VersionID != "null" {
			err = errNotImplemented.because("The embedded server keeps no versions.")
		}
		if err == nil {
			err = b.delete(o.Key, matches(o.ETag))
		}
		switch {
		case err != nil:
			api := asAPIError(err)
			out.Errors = append(out.Errors, deleteError{o.Key, api.code, api.message})
		case !in.Quiet:
			out.Deleted = append(out.Deleted, deletedKey{o.Key})
		}
	}
	writeXML(w, http.StatusOK, out)
	return nil
}

// readDeletes reads the list of keys. It must come with a checksum: a list that
// was garbled on the way would delete something else.
func (s *Server) readDeletes(r *request) (*deleteRequest, error) {
	if sum, _ := checksumOf(r.Header); sum.Value == "" && r.Header.Get("Content-MD5") == "" && r.Header.Get("x-amz-trailer") == "" {
		return nil, errInvalidRequest.because("Missing required header for this request: Content-MD5 or a checksum")
	}
	text, err := s.receiveText(r, 4<<20)
	if err != nil {
		return nil, err
	}
	in := new(deleteRequest)
	if err := xml.Unmarshal(text, in); err != nil || len(in.Objects) == 0 || len(in.Objects) > maxDeletes {
		return nil, errMalformedXML
	}
	return in, nil
}

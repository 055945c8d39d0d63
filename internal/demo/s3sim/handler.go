package s3sim

import (
	"io"
	"net/http"
	"net/url"
	"strings"
)

// drainLimit is how much of a refused upload is read before the answer, so that
// a client which sends before it listens learns the reason instead of finding
// its connection reset. That includes clients that ask first (Expect:
// 100-continue): net/http's may send all the same.
const drainLimit = 64 << 20

// ServeHTTP answers one S3 request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("x-amz-request-id", newRequestID())
	w.Header().Set("Server", "orabak-s3sim")
	w.Header().Set("Date", s.opt.SignatureNow().UTC().Format(http.TimeFormat))
	if err := s.serve(w, r); err != nil {
		_, _ = io.CopyN(io.Discard, r.Body, drainLimit)
		writeError(w, r, err)
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) error {
	sig, err := s.authenticate(r)
	if err != nil {
		return err
	}
	req := &request{Request: r, sig: sig, query: r.URL.Query()}
	if err := req.refuse(); err != nil {
		return err
	}
	req.bucket, req.key, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case req.bucket == "" && req.key == "":
		return s.perform(serviceOperations, w, req)
	case req.key == "":
		return s.perform(bucketOperations, w, req)
	}
	if err := checkKey(req.key); err != nil {
		return err
	}
	return s.perform(objectOperations, w, req)
}

// request is an authenticated request.
type request struct {
	*http.Request
	query       url.Values
	bucket, key string
	sig         signature
}

func (r *request) param(name string) string { return r.query.Get(name) }

// subresource finds which of S3's subresources a request is about; "" is the
// bucket or object itself.
func (r *request) subresource() string {
	if r.query.Has("uploadId") { // goes with partNumber
		return "uploadId"
	}
	for _, name := range subresources {
		if r.query.Has(name) {
			return name
		}
	}
	return ""
}

var subresources = strings.Fields("accelerate acl analytics annotation attributes cors delete encryption " +
	"intelligent-tiering inventory legal-hold lifecycle location logging metadataConfiguration " +
	"metadataInventoryTable metadataJournalTable metadataTable metrics notification object-lock " +
	"ownershipControls partNumber policy policyStatus publicAccessBlock renameObject replication " +
	"requestPayment restore retention select session tagging torrent uploads versionId versioning versions website")

type operation func(s *Server, w http.ResponseWriter, r *request) error

// The operations by method and subresource. What is not here is not
// implemented, and answered so.
var serviceOperations = map[string]operation{
	"GET ": (*Server).listBuckets,
}

var bucketOperations = map[string]operation{
	"PUT ":            (*Server).createBucket,
	"HEAD ":           (*Server).headBucket,
	"DELETE ":         (*Server).deleteBucket,
	"GET ":            (*Server).listObjects,
	"GET location":    (*Server).bucketLocation,
	"GET versioning":  (*Server).bucketVersioning,
	"GET object-lock": absent("ObjectLockConfigurationNotFoundError"),
	"GET lifecycle":   absent("NoSuchLifecycleConfiguration"),
	"GET encryption":  absent("ServerSideEncryptionConfigurationNotFoundError"),
	"GET policy":      absent("NoSuchBucketPolicy"),
	"GET tagging":     absent("NoSuchTagSet"),
	"GET uploads":     (*Server).listUploads,
	"POST delete":     (*Server).deleteObjects,
}

var objectOperations = map[string]operation{
	"PUT ":            (*Server).putObject,
	"GET ":            (*Server).getObject,
	"HEAD ":           (*Server).getObject,
	"DELETE ":         (*Server).deleteObject,
	"POST uploads":    (*Server).createUpload,
	"PUT uploadId":    (*Server).uploadPart,
	"GET uploadId":    (*Server).listParts,
	"POST uploadId":   (*Server).completeUpload,
	"DELETE uploadId": (*Server).abortUpload,
}

func (s *Server) perform(table map[string]operation, w http.ResponseWriter, r *request) error {
	op := table[r.Method+" "+r.subresource()]
	if op == nil {
		return errNotImplemented
	}
	return op(s, w, r)
}

// absent answers for a configuration that no bucket here has.
func absent(code string) operation {
	return func(s *Server, _ http.ResponseWriter, r *request) error {
		if _, err := s.bucket(r.bucket); err != nil {
			return err
		}
		return &apiError{http.StatusNotFound, code, "There is no such configuration."}
	}
}

// refused are the headers that ask for what is not done here. Ignoring them
// would be a lie.
var refused = map[string]*apiError{
	"x-amz-server-side-encryption":    errNotImplemented.because("The embedded server does not encrypt."),
	"x-amz-object-lock":               errInvalidRequest.because("Bucket is missing Object Lock Configuration"),
	"x-amz-bucket-object-lock":        errNotImplemented.because("The embedded server has no object lock."),
	"x-amz-tagging":                   errNotImplemented.because("The embedded server keeps no tags."),
	"x-amz-copy-source":               errNotImplemented.because("The embedded server does not copy."),
	"x-amz-grant":                     errNotImplemented.because("The embedded server has no access control lists."),
	"x-amz-website-redirect-location": errNotImplemented.because("The embedded server redirects nothing."),
	"x-amz-write-offset-bytes":        errNotImplemented.because("The embedded server does not append."),
	"x-amz-expected-bucket-owner":     errNotImplemented.because("The embedded server knows no owners."),
}

func (r *request) refuse() error {
	for name := range r.Header {
		for prefix, err := range refused {
			if strings.HasPrefix(strings.ToLower(name), prefix) {
				return err
			}
		}
	}
	return nil
}

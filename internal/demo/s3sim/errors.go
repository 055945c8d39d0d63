package s3sim

import (
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"syscall"
)

// apiError is an answer other than success, by S3's own code.
type apiError struct {
	status  int
	code    string
	message string
}

func (e *apiError) Error() string { return e.code + ": " + e.message }

// because returns the error with a message of its own.
func (e *apiError) because(format string, args ...any) *apiError {
	return &apiError{e.status, e.code, fmt.Sprintf(format, args...)}
}

var (
	errAccessDenied       = &apiError{403, "AccessDenied", "Access Denied"}
	errBadDigest          = &apiError{400, "BadDigest", "The checksum you specified did not match what we received."}
	errBucketNotEmpty     = &apiError{409, "BucketNotEmpty", "The bucket you tried to delete is not empty."}
	errBucketOwned        = &apiError{409, "BucketAlreadyOwnedByYou", "The bucket exists and you own it."}
	errEntityTooLarge     = &apiError{400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size."}
	errEntityTooSmall     = &apiError{400, "EntityTooSmall", "Every part but the last must have at least 5 MiB."}
	errIncompleteBody     = &apiError{400, "IncompleteBody", "The request body ended before the length that was announced."}
	errInternal           = &apiError{500, "InternalError", "The server could not read or write its folder."}
	errInvalidAccessKey   = &apiError{403, "InvalidAccessKeyId", "The access key ID does not exist in our records."}
	errInvalidArgument    = &apiError{400, "InvalidArgument", "An argument is invalid."}
	errInvalidBucketName  = &apiError{400, "InvalidBucketName", "The bucket name is not valid."}
	errInvalidDigest      = &apiError{400, "InvalidDigest", "The Content-MD5 is not valid."}
	errInvalidPart        = &apiError{400, "InvalidPart", "A part could not be found, or its entity tag or checksum did not match."}
	errInvalidPartOrder   = &apiError{400, "InvalidPartOrder", "The list of parts was not in ascending order."}
	errInvalidRange       = &apiError{416, "InvalidRange", "The requested range is not satisfiable."}
	errInvalidRequest     = &apiError{400, "InvalidRequest", "The request is not valid."}
	errInvalidStorage     = &apiError{400, "InvalidStorageClass", "The storage class is not valid."}
	errInvalidToken       = &apiError{400, "InvalidToken", "The session token is malformed or otherwise not valid."}
	errKeyTooLong         = &apiError{400, "KeyTooLongError", "The key is longer than 1024 bytes."}
	errMalformedAuth      = &apiError{400, "AuthorizationHeaderMalformed", "The authorization header is malformed."}
	errMalformedXML       = &apiError{400, "MalformedXML", "The XML is not well-formed or has not the expected form."}
	errMetadataTooLarge   = &apiError{400, "MetadataTooLarge", "The metadata headers exceed 2 KB."}
	errMissingLength      = &apiError{411, "MissingContentLength", "The Content-Length header is required."}
	errNoSuchBucket       = &apiError{404, "NoSuchBucket", "The bucket does not exist."}
	errNoSuchKey          = &apiError{404, "NoSuchKey", "The key does not exist."}
	errNoSuchUpload       = &apiError{404, "NoSuchUpload", "The upload does not exist; it may have been aborted or completed."}
	errNotImplemented     = &apiError{501, "NotImplemented", "The embedded server does not implement this."}
	errNotModified        = &apiError{304, "NotModified", "Not Modified"}
	errPreconditionFailed = &apiError{412, "PreconditionFailed", "At least one of the preconditions did not hold."}
	errSignature          = &apiError{403, "SignatureDoesNotMatch", "The request signature does not match the signature you provided. Check your secret key."}
	errStorageFull        = &apiError{507, "InsufficientStorage", "No space is left where the bucket lives."}
	errTimeSkewed         = &apiError{403, "RequestTimeTooSkewed", "The difference between the request time and the server's time is too large."}
	errPayloadHash        = &apiError{400, "XAmzContentSHA256Mismatch", "The x-amz-content-sha256 header does not match what was computed."}
)

// asAPIError finds S3's word for err. What S3 has no word for is an internal
// error, whose details stay here.
func asAPIError(err error) *apiError {
	var api *apiError
	switch {
	case errors.As(err, &api):
		return api
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return errStorageFull
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errIncompleteBody
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return errInternal.because("The server may not write to its folder.")
	}
	return errInternal
}

type errorBody struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	Resource  string
	RequestID string `xml:"RequestId"`
}

func writeError(w http.ResponseWriter, r *http.Request, err error) {
	api := asAPIError(err)
	if api.status == http.StatusNotModified || r.Method == http.MethodHead {
		w.WriteHeader(api.status)
		return
	}
	writeXML(w, api.status, errorBody{
		Code: api.code, Message: api.message,
		Resource: r.URL.Path, RequestID: w.Header().Get("x-amz-request-id"),
	})
}

func writeXML(w http.ResponseWriter, status int, body any) {
	text, err := xml.Marshal(body)
	if err != nil {
		// Only our own types come here; one that cannot be marshalled is a bug.
		panic(err)
	}
	text = append([]byte(xml.Header), text...)
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

func newRequestID() string { return rand.Text()[:16] }

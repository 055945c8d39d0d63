package s3store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// again says whether the same request may succeed later.
type again int

const (
	never   again = iota
	few           // some tries: bytes flipped on the way, a token renewed
	patient       // as long as the retry budget lasts
)

// Conditions that this package branches on and never returns.
var (
	errNoUpload     = errors.New("no such multipart upload")
	errPrecondition = errors.New("the object exists already")
	errUnsupported  = errors.New("the store does not implement it")
	errRange        = errors.New("the object is shorter")
)

// subject is what a request is about.
type subject struct{ op, key string }

// verdict is what a failed request means.
type verdict struct {
	err   error
	again again
	after time.Duration // the store asked to wait that long
}

// classify turns any error of a request into ours.
func (s *Store) classify(what subject, err error) verdict {
	var own *Error
	var bad *CorruptError
	if errors.As(err, &own) || errors.As(err, &bad) || errors.Is(err, ErrChanged) || isFileError(err) {
		return verdict{err: err}
	}
	kind, again := kindOf(err)
	e := &Error{Op: what.op, Bucket: s.opt.Bucket, Key: what.key, Kind: kind, Err: s.reason(err)}
	e.Remedy = s.remedy(kind, err)
	return verdict{err: e, again: again, after: retryAfter(err)}
}

// kindOf judges the store's answer first, then what kept it from answering.
func kindOf(err error) (error, again) {
	status, code := statusOf(err), codeOf(err)
	if k, ok := codeKinds[code]; ok {
		return k.kind, k.again
	}
	switch {
	case strings.Contains(strings.ToLower(code), "quota") || strings.HasSuffix(code, "StorageFull"):
		return ErrQuota, never
	case strings.Contains(code, "Throttl"):
		return ErrThrottled, patient
	case status != 0:
		return statusKind(status)
	}
	return netKind(err)
}

func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func statusOf(err error) int {
	var re *smithyhttp.ResponseError
	if errors.As(err, &re) && re.Response != nil && re.Response.StatusCode >= 300 {
		return re.Response.StatusCode
	}
	return 0
}

func header(err error, name string) string {
	var re *smithyhttp.ResponseError
	if errors.As(err, &re) && re.Response != nil {
		return re.Response.Header.Get(name)
	}
	return ""
}

// statusKind judges an answer without a code that we know. A HEAD has no body
// and therefore no code.
func statusKind(status int) (error, again) {
	switch status {
	case http.StatusNotFound:
		return ErrNotFound, never
	case http.StatusForbidden, http.StatusUnauthorized:
		return ErrDenied, never
	case http.StatusMovedPermanently:
		return ErrRegion, never
	case http.StatusRequestedRangeNotSatisfiable:
		return errRange, never
	case http.StatusPreconditionFailed:
		return errPrecondition, never
	case http.StatusNotImplemented:
		return errUnsupported, never
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return ErrThrottled, patient
	case http.StatusInsufficientStorage:
		return ErrQuota, never
	case http.StatusTemporaryRedirect, http.StatusRequestTimeout, http.StatusConflict:
		return ErrUnavailable, few
	}
	if status >= 500 {
		return ErrUnavailable, patient
	}
	return ErrInvalid, never
}

// netKind judges a request that got no answer, or none that could be read.
func netKind(err error) (error, again) {
	var (
		dns      *net.DNSError
		verify   *tls.CertificateVerificationError
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
		record   tls.RecordHeaderError
		alert    tls.AlertError
	)
	switch {
	case errors.As(err, &dns):
		return ErrResolve, patient
	case errors.As(err, &verify), errors.As(err, &unknown), errors.As(err, &hostname),
		errors.As(err, &record), errors.As(err, &alert),
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return ErrTLS, never
	case strings.Contains(err.Error(), "checksum did not match"):
		return ErrCorrupt, few
	case strings.Contains(err.Error(), "get credentials"):
		return ErrDenied, few
	case errors.Is(err, context.Canceled) && !errors.Is(err, errStalled):
		return context.Canceled, never
	}
	return ErrUnreachable, patient
}

// codeKinds are the error codes of S3 and of the stores that speak it.
var codeKinds = map[string]struct {
	kind  error
	again again
}{
	"NoSuchBucket": {ErrNoBucket, never},
	"NoSuchKey":    {ErrNotFound, never},
	"NoSuchUpload": {errNoUpload, never},

	"AccessDenied":          {ErrDenied, never},
	"AllAccessDisabled":     {ErrDenied, never},
	"AccountProblem":        {ErrDenied, never},
	"InvalidAccessKeyId":    {ErrDenied, never},
	"SignatureDoesNotMatch": {ErrDenied, never},
	"InvalidToken":          {ErrDenied, never},
	"UnauthorizedAccess":    {ErrDenied, never},

	"ExpiredToken":          {ErrExpiredToken, few},
	"ExpiredTokenException": {ErrExpiredToken, few},
	"TokenRefreshRequired":  {ErrExpiredToken, few},
	"RequestExpired":        {ErrExpiredToken, few},
	"RequestTimeTooSkewed":  {ErrClockSkew, few},

	"PermanentRedirect":            {ErrRegion, never},
	"AuthorizationHeaderMalformed": {ErrRegion, never},

	"SlowDown":               {ErrThrottled, patient},
	"TooManyRequests":        {ErrThrottled, patient},
	"RequestLimitExceeded":   {ErrThrottled, patient},
	"BandwidthLimitExceeded": {ErrThrottled, patient},
	"ServiceUnavailable":     {ErrThrottled, patient},
	"InternalError":          {ErrUnavailable, patient},

	"BadDigest":                   {ErrCorrupt, few},
	"XAmzContentChecksumMismatch": {ErrCorrupt, few},
	"XAmzContentSHA256Mismatch":   {ErrCorrupt, few},
	"IncompleteBody":              {ErrUnavailable, few},
	"RequestTimeout":              {ErrUnavailable, patient},
	"OperationAborted":            {ErrUnavailable, few},
	"ConditionalRequestConflict":  {ErrUnavailable, few},

	"PreconditionFailed": {errPrecondition, never},
	"InvalidObjectState": {ErrArchived, never},
	"InvalidRange":       {errRange, never},
	"NotImplemented":     {errUnsupported, never},
	"MethodNotAllowed":   {errUnsupported, never},
	"EntityTooLarge":     {ErrInvalid, never},
}

// retryAfter reads the header of that name, in seconds, bounded.
func retryAfter(err error) time.Duration {
	n, e := strconv.Atoi(header(err, "Retry-After"))
	if e != nil || n < 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, 5*time.Minute)
}

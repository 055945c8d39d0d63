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

// bearable is how far apart S3 lets the clocks be, less what an answer takes.
const bearable = 15*time.Minute - 10*time.Second

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
	c := causeOf(err)
	e := &Error{Op: what.op, Bucket: s.opt.Bucket, Key: what.key, Kind: c.kind, Err: s.reason(err)}
	e.Remedy = s.remedy(c.kind, err)
	return verdict{err: e, again: c.again, after: retryAfter(err)}
}

// cause is the kind of a failure, a sentinel, and whether it may heal.
type cause struct {
	kind  error
	again again
}

func (c cause) is(kind error) bool { return errors.Is(c.kind, kind) }

// causeOf judges the store's answer first, then what kept it from answering.
func causeOf(err error) cause {
	status, code := statusOf(err), codeOf(err)
	if c, ok := codes[code]; ok {
		return c
	}
	switch {
	case strings.Contains(strings.ToLower(code), "quota") || strings.HasSuffix(code, "StorageFull"):
		return cause{ErrQuota, never}
	case strings.Contains(code, "Throttl"):
		return cause{ErrThrottled, patient}
	case status == http.StatusForbidden && clockOff(err):
		return cause{ErrClockSkew, few}
	case status != 0:
		return statusCause(status)
	}
	return netCause(err)
}

// clockOff tells whether the store's clock is so far from ours that it refuses
// signatures, which it cannot say where an answer has no body.
func clockOff(err error) bool {
	date, perr := http.ParseTime(header(err, "Date"))
	return perr == nil && time.Since(date).Abs() > bearable
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

// statusCause judges an answer without a code that we know. A HEAD has no body
// and therefore no code.
func statusCause(status int) cause {
	switch status {
	case http.StatusNotFound:
		return cause{ErrNotFound, never}
	case http.StatusForbidden, http.StatusUnauthorized:
		return cause{ErrDenied, never}
	case http.StatusMovedPermanently:
		return cause{ErrRegion, never}
	case http.StatusRequestedRangeNotSatisfiable:
		return cause{errRange, never}
	case http.StatusPreconditionFailed:
		return cause{errPrecondition, never}
	case http.StatusNotImplemented:
		return cause{errUnsupported, never}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return cause{ErrThrottled, patient}
	case http.StatusInsufficientStorage:
		return cause{ErrQuota, never}
	case http.StatusTemporaryRedirect, http.StatusRequestTimeout, http.StatusConflict:
		return cause{ErrUnavailable, few}
	}
	if status >= 500 {
		return cause{ErrUnavailable, patient}
	}
	return cause{ErrInvalid, never}
}

// netCause judges a request that got no answer, or none that could be read.
func netCause(err error) cause {
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
		return cause{ErrResolve, patient}
	case errors.As(err, &verify), errors.As(err, &unknown), errors.As(err, &hostname),
		errors.As(err, &record), errors.As(err, &alert),
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return cause{ErrTLS, never}
	case strings.Contains(err.Error(), "checksum did not match"):
		return cause{ErrCorrupt, few}
	case strings.Contains(err.Error(), "get credentials"):
		return cause{ErrDenied, few}
	case errors.Is(err, context.Canceled) && !errors.Is(err, errStalled):
		return cause{context.Canceled, never}
	}
	return cause{ErrUnreachable, patient}
}

// codes are the error codes of S3 and of the stores that speak it.
var codes = map[string]cause{
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

package s3fault

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Fault is a way in which a request goes wrong.
type Fault struct {
	Name string // as Injected counts it
	set  func(*exchange)
}

// exchange is a request, its answer, and what is done to them.
type exchange struct {
	rng    *rand.Rand
	length int64 // of the request's body; -1 if unknown

	before   func(*http.Request) bool // false: give up and reset
	answer   *answer                  // given instead of the store's
	upload   func(context.Context, io.Reader) io.Reader
	download func(ctx context.Context, r io.Reader, length int64) io.Reader
	shorten  func(length int64) int64
	lost     bool // the store does its work and nobody hears of it
}

// Anywhere lets a fault in a body happen at a place drawn from the seed.
const Anywhere int64 = -1

var (
	errCut    = errors.New("s3fault: the connection is cut here")
	errClosed = errors.New("s3fault: the connection is closed here")
)

// answer is a refusal in S3's form.
type answer struct {
	status  int
	code    string
	message string
	header  http.Header
}

func (a *answer) write(w http.ResponseWriter, r *http.Request) {
	// An upload must be taken, or the client may see a reset before it sees the
	// answer, even where it asked to be told first (Expect: 100-continue).
	_, _ = io.Copy(io.Discard, r.Body)
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(a.status)
	if r.Method == http.MethodHead {
		return
	}
	text, _ := xml.Marshal(struct { // strings only: cannot fail
		XMLName                 xml.Name `xml:"Error"`
		Code, Message, Resource string
		RequestID               string `xml:"RequestId"`
	}{Code: a.code, Message: a.message, Resource: r.URL.Path, RequestID: "s3fault"})
	_, _ = w.Write(append([]byte(xml.Header), text...))
}

// Answer refuses a request with an HTTP status and one of S3's error codes; the
// store does not hear of it.
func Answer(status int, code, message string) Fault {
	return refusal(&answer{status: status, code: code, message: message})
}

func refusal(a *answer) Fault {
	return Fault{strconv.Itoa(a.status) + " " + a.code, func(x *exchange) { x.answer = a }}
}

// SlowDown is S3's throttling.
func SlowDown() Fault { return Answer(503, "SlowDown", "Please reduce your request rate.") }

// InternalError is the store's own failure.
func InternalError() Fault {
	return Answer(500, "InternalError", "We encountered an internal error. Please try again.")
}

// TooManyRequests is the throttling of other stores and of proxies.
func TooManyRequests() Fault {
	return Answer(429, "TooManyRequests", "Please reduce your request rate.")
}

// ExpiredToken tells that temporary credentials have ended. S3 says so with
// status 400, some stores with 403.
func ExpiredToken(status int) Fault {
	return Answer(status, "ExpiredToken", "The provided token has expired.")
}

// AccessDenied is a permission that is not there, or not any more.
func AccessDenied() Fault { return Answer(403, "AccessDenied", "Access Denied") }

// NoSuchBucket is a bucket that somebody removed.
func NoSuchBucket() Fault {
	return Answer(404, "NoSuchBucket", "The specified bucket does not exist")
}

// QuotaExceeded is a store that is full, by whichever status the store uses for
// that: 507 and 403 are both seen.
func QuotaExceeded(status int) Fault {
	return Answer(status, "QuotaExceeded", "The quota of this bucket is used up.")
}

// ClockSkew refuses a request as signed at the wrong time by a store whose
// clock is ahead of this host's by that much (behind, if negative).
func ClockSkew(ahead time.Duration) Fault {
	const message = "The difference between the request time and the current time is too large."
	return Fault{"403 RequestTimeTooSkewed", func(x *exchange) {
		date := time.Now().Add(ahead).UTC().Format(http.TimeFormat)
		x.answer = &answer{403, "RequestTimeTooSkewed", message, http.Header{"Date": {date}}}
	}}
}

// Reset breaks the connection before the store hears of the request.
func Reset() Fault {
	return Fault{"reset", func(x *exchange) {
		x.before = func(*http.Request) bool { return false }
	}}
}

// Stall takes a request and never answers it; it waits until the client gives
// up.
func Stall() Fault {
	return Fault{"stall", func(x *exchange) {
		x.before = func(r *http.Request) bool {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return false
		}
	}}
}

// Delay holds a request back for a while and then serves it.
func Delay(d time.Duration) Fault {
	return Fault{"delay", func(x *exchange) {
		x.before = func(r *http.Request) bool { return pause(r.Context(), d) }
	}}
}

// LoseAnswer lets the store do its work, and breaks the connection instead of
// telling the client.
func LoseAnswer() Fault { return Fault{"answer lost", func(x *exchange) { x.lost = true }} }

// pause waits; false means that ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

package s3store

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// TestForbiddenByTheClock: the answer to a HEAD has no body and so no code. It
// was called a lack of rights when the clocks had parted.
func TestForbiddenByTheClock(t *testing.T) {
	for name, c := range map[string]struct {
		date string
		code string
		want error
	}{
		"ahead":       {time.Now().Add(20 * time.Minute).UTC().Format(http.TimeFormat), "Forbidden", ErrClockSkew},
		"behind":      {time.Now().Add(-20 * time.Minute).UTC().Format(http.TimeFormat), "Forbidden", ErrClockSkew},
		"as it is":    {time.Now().UTC().Format(http.TimeFormat), "Forbidden", ErrDenied},
		"no date":     {"", "Forbidden", ErrDenied},
		"with a code": {time.Now().Add(20 * time.Minute).UTC().Format(http.TimeFormat), "AccessDenied", ErrDenied},
	} {
		answer := &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{"Date": {c.date}}}
		err := &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: answer}, Err: &smithy.GenericAPIError{Code: c.code}}
		if got := causeOf(err); !errors.Is(got.kind, c.want) {
			t.Errorf("%s: %v, want %v", name, got.kind, c.want)
		}
	}
}

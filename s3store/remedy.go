package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"orabak-tui/internal/run"
)

// remedies says what to do about each kind.
var remedies = map[error]string{
	ErrNoBucket:     "create the bucket or correct S3_BUCKET",
	ErrDenied:       "check the keys and the policy of this user: it needs to list the bucket and to get and put objects under the prefix",
	ErrExpiredToken: "renew the credentials (AWS_SESSION_TOKEN or the profile's login), then run resume",
	ErrClockSkew:    "set this host's clock (chronyc makestep, timedatectl)",
	ErrRegion:       "set AWS_REGION to the bucket's region",
	ErrTLS:          "use the right host name, or name the authority's certificate in AWS_CA_BUNDLE; is the endpoint https at all?",
	ErrResolve:      "check AWS_ENDPOINT_URL_S3, AWS_REGION and this host's DNS",
	ErrUnreachable:  "check the network, the proxy and AWS_ENDPOINT_URL_S3; an interrupted run is finished by resume",
	ErrUnavailable:  "try again later; an interrupted run is finished by resume",
	ErrThrottled:    "lower the concurrency, or try again later; an interrupted run is finished by resume",
	ErrQuota:        "make room in the bucket or raise its quota, then run resume",
	ErrArchived:     "restore the object from its archive class first",
	ErrCorrupt:      "bytes were altered between here and the store: check the network and this host's memory",
	ErrInvalid:      "check storage class, encryption and object lock settings against what the store supports",
}

// remedy is the text for a kind, with what the answer itself tells.
func (s *Store) remedy(kind, err error) string {
	if region := header(err, "x-amz-bucket-region"); errors.Is(kind, ErrRegion) && region != "" {
		return fmt.Sprintf("set AWS_REGION=%s", clip(run.Clean(region), 40))
	}
	switch codeOf(err) {
	case "InvalidAccessKeyId":
		return "the store does not know this access key: check AWS_ACCESS_KEY_ID and the endpoint"
	case "SignatureDoesNotMatch":
		return "check AWS_SECRET_ACCESS_KEY, and this host's clock"
	}
	if errors.Is(kind, ErrDenied) && strings.Contains(err.Error(), "get credentials") {
		return "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the host a role"
	}
	return remedies[kind]
}

// reason is the error in few words, without SDK types, URLs, secrets or
// control characters. A context's error stays what it is.
func (s *Store) reason(err error) error {
	var api smithy.APIError
	switch {
	case errors.Is(err, errStalled):
		return errStalled
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.As(err, &api):
		return errors.New(s.scrub(join(api.ErrorCode(), api.ErrorMessage(), requestID(err))))
	}
	return errors.New(s.scrub(innermost(err).Error()))
}

func join(code, message, id string) string {
	text := code
	if message != "" && message != code {
		text += ": " + message
	}
	if id != "" {
		text += ", request " + id
	}
	return text
}

func requestID(err error) string {
	for _, name := range []string{"x-amz-request-id", "x-request-id"} {
		if id := header(err, name); id != "" {
			return clip(id, 64)
		}
	}
	return ""
}

// innermost strips the layers of the SDK and of net/http, which repeat the
// operation's name and the URL.
func innermost(err error) error {
	var op *smithy.OperationError
	var re *smithyhttp.ResponseError
	var send *smithyhttp.RequestSendError
	var u *url.Error
	if errors.As(err, &op) && op.Err != nil {
		err = op.Err
	}
	if errors.As(err, &re) && re.Err != nil {
		err = re.Err
	}
	if errors.As(err, &send) && send.Err != nil {
		err = send.Err
	}
	if errors.As(err, &u) && u.Err != nil {
		err = u.Err
	}
	return err
}

// scrub removes secrets, control characters and excess length from a text
// that came from outside.
func (s *Store) scrub(text string) string {
	for _, secret := range s.opt.secrets() {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return clip(run.Clean(text), 500)
}

func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n], "") + "…"
}

package graph

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/microsoft/kiota-abstractions-go/authentication"
	kiota "github.com/microsoft/kiota-http-go"
	serialization "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/drives"
	"github.com/microsoftgraph/msgraph-sdk-go/users"
)

// sdk is Microsoft's SDK over our pipeline. Its builders are used without its
// root package, which registers serializers globally and brings a pipeline of
// its own; both are handed in here.
type sdk struct {
	adapter *kiota.NetHttpRequestAdapter
}

func (s *sdk) prepare(c *Client) error {
	adapter, err := kiota.NewNetHttpRequestAdapterWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, // the pipeline signs in
		serialization.NewJsonParseNodeFactory(),
		serialization.NewJsonSerializationWriterFactory(),
		&http.Client{
			Transport:     &whole{next: &complete{next: c.retry, retry: c.retry}},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		})
	if err != nil {
		return fmt.Errorf("prepare Microsoft's SDK: %w", err)
	}
	adapter.SetBaseUrl(c.cloud.Root + "/v1.0")
	s.adapter = adapter
	return nil
}

func (s *sdk) users() *users.UsersRequestBuilder {
	return users.NewUsersRequestBuilderInternal(map[string]string{}, s.adapter)
}

func (s *sdk) drive(id string) *drives.DriveItemRequestBuilder {
	return drives.NewDrivesRequestBuilderInternal(map[string]string{}, s.adapter).ByDriveId(id)
}

func (s *sdk) item(drive, id string) *drives.ItemItemsDriveItemItemRequestBuilder {
	return s.drive(drive).Items().ByDriveItemId(id)
}

// complete hands the SDK answers that have arrived whole and are JSON; one that
// broke off is asked for again.
type complete struct {
	next  http.RoundTripper
	retry *retrier
}

func (t *complete) RoundTrip(req *http.Request) (*http.Response, error) {
	var resp *http.Response
	fresh := req
	err := t.retry.persist(req.Context(), func() error {
		answer, err := t.next.RoundTrip(fresh)
		if err != nil {
			return final{err}
		}
		if fresh, err = again(req); err != nil {
			return final{err}
		}
		body, err := readWhole(req.Context(), answer)
		if err == nil && len(body) > 0 {
			var any struct{}
			err = decode(body, &any)
		}
		if err != nil && !repeatable(req) {
			return final{fmt.Errorf("%w: %w", ErrUncertain, err)}
		}
		answer.Body = io.NopCloser(bytes.NewReader(body))
		resp = answer
		return err
	})
	if f, ok := err.(final); ok { //nolint:errorlint // set just above, never wrapped
		err = f.error
	}
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// sdkError takes off what net/http puts around an error: the whole address,
// which may hold a token.
func sdkError(what string, err error) error {
	if err == nil {
		return nil
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return fmt.Errorf("%s: %w", what, err)
}

// must turns an SDK answer that is nil (204, or an empty body) into an error.
func must[T comparable](what string, v T, err error) (T, error) {
	var none T
	if err == nil && v == none {
		err = fmt.Errorf("%w: empty", ErrBadAnswer)
	}
	return v, sdkError(what, err)
}

// val reads the SDK's pointers.
func val[T any](p *T) T {
	if p == nil {
		var none T
		return none
	}
	return *p
}

func ptr[T any](v T) *T { return &v }

func moment(p *time.Time) time.Time {
	if p == nil {
		return time.Time{}
	}
	return p.UTC()
}

// called is the context of an SDK call.
func called(ctx context.Context, c call) context.Context { return withCall(ctx, c) }

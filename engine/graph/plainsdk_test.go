package graph_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/microsoft/kiota-abstractions-go/authentication"
	kiota "github.com/microsoft/kiota-http-go"
	serialization "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/drives"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"vangnet/engine/graph/sim"
)

// bearer hands the SDK a token, as azidentity would.
type bearer struct{ token string }

func (b bearer) GetAuthorizationToken(context.Context, *url.URL, map[string]any) (string, error) {
	return b.token, nil
}

func (bearer) GetAllowedHostsValidator() *authentication.AllowedHostsValidator {
	return &authentication.AllowedHostsValidator{}
}

// plainSDK is Microsoft's SDK with its own pipeline (retries, redirects,
// compression), of which only base URL, HTTP client and sign-in are changed.
func plainSDK(t *testing.T, w *world) *kiota.NetHttpRequestAdapter {
	t.Helper()
	app, inner := w.tenant.DefaultApp(), w.server.Client()
	resp, err := inner.PostForm(w.server.URL()+"/"+w.tenant.ID()+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {app.ClientID}, "client_secret": {app.Secret()}, "scope": {"https://graph.microsoft.com/.default"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // a test
	var token struct {
		Access string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&token); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(inner.CloseIdleConnections)
	// In a fixed order; the SDK's own is by chance. Faults strike readings only:
	// a body that was compressed is not repeated whole, whatever the order.
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: kiota.NewCustomTransportWithParentTransport(inner.Transport, kiota.NewCompressionHandler(), kiota.NewRetryHandler(),
			kiota.NewRedirectHandler(), kiota.NewParametersNameDecodingHandler(), kiota.NewUserAgentHandler()),
	}
	adapter, err := kiota.NewNetHttpRequestAdapterWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		authentication.NewBaseBearerTokenAuthenticationProvider(bearer{token.Access}), serialization.NewJsonParseNodeFactory(),
		serialization.NewJsonSerializationWriterFactory(), client)
	if err != nil {
		t.Fatal(err)
	}
	adapter.SetBaseUrl(w.server.URL() + "/v1.0")
	return adapter
}

// TestUnmodifiedSDK: Microsoft's own client is fooled, also when it is throttled.
func TestUnmodifiedSDK(t *testing.T) {
	w := newWorld(t, sim.Options{})
	w.server.SetFaults(sim.FaultPlan{"429@/users": {Times: 1}, "503@GET /drives/{drive}/items/{item}/content": {Times: 1}})
	adapter, ctx := plainSDK(t, w), t.Context()
	all := users.NewUsersRequestBuilderInternal(map[string]string{}, adapter)
	got, err := all.Get(ctx, nil)
	if err != nil || len(got.GetValue()) != len(w.tenant.Users()) {
		t.Fatalf("users: %v, %v", got, err)
	}
	delta, err := all.Delta().GetAsDeltaGetResponse(ctx, nil)
	if err != nil || delta.GetOdataDeltaLink() == nil {
		t.Fatalf("delta: %v", err)
	}
	if again, err := all.Delta().WithUrl(*delta.GetOdataDeltaLink()).GetAsDeltaGetResponse(ctx, nil); err != nil || len(again.GetValue()) != 0 {
		t.Errorf("second round: %v", err)
	}
	_, err = all.ByUserId("nobody").Get(ctx, nil)
	var refused *odataerrors.ODataError
	if !errors.As(err, &refused) || refused.GetErrorEscaped() == nil || *refused.GetErrorEscaped().GetCode() != "Request_ResourceNotFound" {
		t.Errorf("nobody: %v", err)
	}

	drive := drives.NewDrivesRequestBuilderInternal(map[string]string{}, adapter).ByDriveId(w.user("anna").Drive().ID())
	sent := content(7, 200_000)
	item, err := drive.Items().ByDriveItemId("root").Content().WithUrl(w.server.URL()+"/v1.0/drives/"+w.user("anna").Drive().ID()+"/root:/map/foto%20%231.jpg:/content").Put(ctx, sent, nil)
	if err != nil {
		t.Fatal(err)
	}
	back, err := drive.Items().ByDriveItemId(*item.GetId()).Content().Get(ctx, nil)
	if err != nil || string(back) != string(sent) {
		t.Errorf("content: %d bytes, %v", len(back), err)
	}
	for _, name := range []string{"mail/Een", "mail/Twee", "mail/Drie", "mail/Vier", "mail/Vijf", "mail/Zes"} {
		if err := w.user("anna").Mailbox().Mkdir(name); err != nil {
			t.Fatal(err)
		}
	}
	folders, err := all.ByUserId("anna@contoso.example").MailFolders().Get(ctx, nil)
	if err != nil || len(folders.GetValue()) == 0 || folders.GetOdataNextLink() == nil {
		t.Fatalf("folders: %v", err)
	}
	if next, err := all.ByUserId("anna@contoso.example").MailFolders().WithUrl(*folders.GetOdataNextLink()).Get(ctx, nil); err != nil || len(next.GetValue()) == 0 {
		t.Errorf("their second page: %v", err)
	}
}

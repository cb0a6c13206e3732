package sim

import (
	"errors"
	"net/http"
	"os"

	"vangnet/engine/graph/sim/wire"
)

// metadata answers $metadata with the file that the server was given: what
// Microsoft publishes as the description of its service. It wants no token.
func (s *Server) metadata(x *exchange) {
	refuse := func(err error) { x.send(x.newCall("v1.0", "/$metadata").refuse(err)) }
	if s.options.Metadata == "" {
		refuse(wire.Errorf(http.StatusNotImplemented, "NotImplemented", "The metadata is not at hand."))
		return
	}
	if x.r.Method != http.MethodGet {
		refuse(wire.Errorf(http.StatusMethodNotAllowed, "Request_BadRequest", "Specified HTTP method is not allowed for the request target."))
		return
	}
	file, err := os.Open(s.options.Metadata)
	if err != nil {
		refuse(err)
		return
	}
	info, err := file.Stat()
	if err != nil {
		refuse(errors.Join(err, file.Close()))
		return
	}
	x.send(&answer{
		status: http.StatusOK, stream: file, length: info.Size(),
		header: http.Header{"Content-Type": {"application/xml"}, "Odata-Version": {"4.0"}},
	})
}

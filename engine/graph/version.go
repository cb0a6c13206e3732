package graph

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"encoding/base64"
)

// Version is one state of a file that Microsoft still holds.
type Version struct {
	ID       string // such as 3.0
	Size     int64
	Modified time.Time
}

// Versions lists a file's versions, newest first. The first is the current
// content, which is read through Download alone.
func (c *Client) Versions(ctx context.Context, drive, id string) ([]Version, error) {
	var out []Version
	err := c.pages(ctx, request{
		call: c.inDrive("list versions of a file of drive "+drive, 2), method: http.MethodGet,
		url: at("/v1.0/drives/{}/items/{}/versions", drive, id),
	}, func(raw json.RawMessage) error {
		var v struct {
			ID       string    `json:"id"`
			Size     int64     `json:"size"`
			Modified looseTime `json:"lastModifiedDateTime"`
		}
		if json.Unmarshal(raw, &v) == nil && v.ID != "" {
			out = append(out, Version{ID: v.ID, Size: v.Size, Modified: time.Time(v.Modified)})
		}
		return nil
	})
	return out, err
}

// DownloadVersion reads the content of an earlier version of a file.
func (c *Client) DownloadVersion(ctx context.Context, drive, id, version string, o DownloadOptions) io.ReadCloser {
	return c.download(ctx, "download version of a file of drive "+drive,
		at("/v1.0/drives/{}/items/{}/versions/{}/content", drive, id, version), o)
}

// expiryOf reads the end of a JWT's term without judging its signature; zero
// where there is none.
func expiryOf(token string) time.Time {
	parts := strings.Split(token, ".")
	if len(parts) < 2 {
		return time.Time{}
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return time.Time{}
	}
	var claims struct {
		Expires json.Number `json:"exp"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return time.Time{}
	}
	seconds, err := claims.Expires.Int64()
	if err != nil || seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

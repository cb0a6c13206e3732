package graph

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"vangnet/engine/model"
)

// right is one application permission that the program uses, the wider ones
// that include it, and what does not work without it.
type right struct {
	name  string
	wider []string
	uses  []string
}

// The features that a missing right takes away, as codes.
const (
	ForUsers        = "list_users"
	ForLicences     = "licences"
	ForBackupMail   = "backup_mail"
	ForRestoreMail  = "restore_mail"
	ForArchive      = "archive"
	ForBackupFiles  = "backup_files"
	ForRestoreFiles = "restore_files"
)

// rights are the least permissions, as "Microsoft Graph permissions reference"
// names them.
var rights = []right{
	{"User.Read.All", []string{"User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"},
		[]string{ForUsers, ForBackupMail, ForBackupFiles}},
	{"Organization.Read.All", []string{"Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"},
		[]string{ForLicences}},
	{"MailboxSettings.Read", []string{"MailboxSettings.ReadWrite"}, []string{ForBackupMail, ForArchive}},
	{"MailboxFolder.Read.All", []string{"MailboxFolder.ReadWrite.All"}, []string{ForBackupMail, ForArchive}},
	{"MailboxItem.Read.All", []string{"MailboxItem.ImportExport.All"}, []string{ForBackupMail, ForArchive}},
	{"MailboxItem.ImportExport.All", nil, []string{ForBackupMail, ForArchive, ForRestoreMail}},
	{"Mail.Read", []string{"Mail.ReadWrite"}, []string{ForBackupMail}},
	{"MailboxFolder.ReadWrite.All", nil, []string{ForRestoreMail}},
	{"Mail.ReadWrite", nil, []string{ForRestoreMail}},
	{"Files.Read.All", []string{"Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All", "Sites.FullControl.All"},
		[]string{ForBackupFiles}},
	{"Files.ReadWrite.All", []string{"Sites.ReadWrite.All", "Sites.FullControl.All"}, []string{ForRestoreFiles}},
}

// Rights signs in and compares what the tenant granted with what the program
// uses.
func (c *Client) Rights(ctx context.Context) ([]model.Right, error) {
	token, err := c.signer.token(ctx, "", "")
	if err != nil {
		return nil, err
	}
	roles, err := rolesOf(token)
	if err != nil {
		return nil, fmt.Errorf("read permissions of tenant %s: %w", c.tenant, err)
	}
	return compare(roles), nil
}

func compare(granted []string) []model.Right {
	out := make([]model.Right, 0, len(rights))
	for _, r := range rights {
		ok := slices.Contains(granted, r.name) || slices.ContainsFunc(r.wider, func(w string) bool { return slices.Contains(granted, w) })
		out = append(out, model.Right{Name: r.name, Granted: ok, For: slices.Clone(r.uses)})
	}
	return out
}

// rolesOf reads the roles out of an access token. Its signature is the
// service's affair; Microsoft calls tokens opaque, so one that cannot be read
// says so instead of "nothing granted".
func rolesOf(token string) ([]string, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("%w: the token cannot be read", ErrBadAnswer)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return nil, fmt.Errorf("%w: the token cannot be read", ErrBadAnswer)
	}
	var claims struct {
		Roles []string `json:"roles"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, fmt.Errorf("%w: the token cannot be read", ErrBadAnswer)
	}
	return claims.Roles, nil
}

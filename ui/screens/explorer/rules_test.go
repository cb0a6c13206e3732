package explorer_test

import (
	"testing"

	"vangnet/engine/model"
	"vangnet/ui/screens/explorer"
)

// TestJudge is the table of what may be put where.
func TestJudge(t *testing.T) {
	mail := explorer.Selection{Tenant: "t", Rows: []model.Row{{Tenant: "t"}}, Parts: []string{"a@x/mail/Inbox/1"}}
	file := explorer.Selection{Tenant: "t", Rows: []model.Row{{Tenant: "t"}}, Parts: []string{"a@x/onedrive/plan.docx"}}
	box := explorer.Selection{Tenant: "t", Paths: []string{"a@x"}, Parts: []string{"a@x"}}
	mixed := explorer.Selection{Tenant: "t", Rows: []model.Row{{Tenant: "t"}, {Tenant: "u"}}, Parts: []string{"a@x/mail/1", "b@y/mail/1"}}
	archive := explorer.Selection{Tenant: "t", Paths: []string{"a@x/archive/Inbox"}, Parts: []string{"a@x/archive/Inbox"}}
	live := func(address string) explorer.Target {
		return explorer.Target{Kind: explorer.Live, Address: address, Tenant: "t"}
	}
	for _, c := range []struct {
		name   string
		sel    explorer.Selection
		target explorer.Target
		want   explorer.Refused
	}{
		{"mail to its own place", mail, explorer.Target{Kind: explorer.Original}, explorer.Accepted},
		{"mail to a mail folder", mail, live("b@x/mail/Inbox"), explorer.Accepted},
		{"mail to an account", mail, live("b@x"), explorer.Accepted},
		{"archive to mail", archive, live("b@x/mail/Inbox"), explorer.Accepted},
		{"mail to a drive", mail, live("b@x/onedrive/Documents"), explorer.WrongKind},
		{"mail to a calendar", mail, live("b@x/calendar"), explorer.WrongKind},
		{"file to a drive", file, live("b@x/onedrive"), explorer.Accepted},
		{"file to mail", file, live("b@x/mail/Inbox"), explorer.WrongKind},
		{"file to this computer", file, explorer.Target{Kind: explorer.Local}, explorer.Accepted},
		{"mailbox to an account", box, live("b@x"), explorer.Accepted},
		{"nothing", explorer.Selection{Tenant: "t"}, explorer.Target{Kind: explorer.Original}, explorer.Nothing},
		{"a heading", mail, explorer.Target{}, explorer.NotAPlace},
		{"two tenants", mixed, explorer.Target{Kind: explorer.Original}, explorer.SeveralHome},
		{"another tenant", mail, explorer.Target{Kind: explorer.Live, Address: "b@y/mail", Tenant: "u"}, explorer.OtherHome},
		{"another tenant that was chosen", mail, explorer.Target{Kind: explorer.Live, Address: "b@y/mail", Tenant: "u", Owner: "U"}, explorer.Accepted},
		{"files to mail of another tenant", file, explorer.Target{Kind: explorer.Live, Address: "b@y/mail", Tenant: "u", Owner: "U"}, explorer.WrongKind},
		{"another tenant itself", mail, explorer.Target{Tenant: "u", Owner: "U"}, explorer.NotAPlace},
		{"no mailbox there", mail, explorer.Target{Kind: explorer.Live, Address: "b@x", Tenant: "t", Refusal: "no_mailbox"}, explorer.CannotTake},
	} {
		if got := explorer.Judge(c.sel, c.target); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

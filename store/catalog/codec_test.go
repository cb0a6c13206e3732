package catalog_test

import (
	"database/sql"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine/model"
	"vangnet/store/catalog"
)

// other changes a field to another value.
func other(t *testing.T, f reflect.Value) {
	t.Helper()
	switch v := f.Addr().Interface().(type) {
	case *time.Time:
		*v = v.Add(time.Hour + time.Nanosecond).UTC()
	case *[]string:
		*v = append(append([]string{}, *v...), "één", "twee")
	case *int:
		*v++
	case *int64:
		*v++
	case *bool:
		*v = !*v
	default:
		require.Equal(t, reflect.String, f.Kind(), "a field of a type that this test does not know")
		f.SetString(f.String() + "ß")
	}
}

// TestEveryField changes one field of an entry after the other: each change is
// noticed, and comes back as it was put in.
func TestEveryField(t *testing.T) {
	c := open(t, catalog.Options{})
	v := newVault(tenant)
	m := v.resource(mailbox, model.Mailbox, "anna@contoso.example")
	m.folder("in", "mail/In")
	e := mail("1", "Onderwerp", "Bob <bob@x.example>", strings.Repeat("Een lange tekst. ", 20), day(1))
	night := 1
	check := func(name string) {
		m.put("in", e)
		night++
		v.shoot(mailbox, day(night))
		sync(t, c, v)
		found, err := c.Lookup(t.Context(), model.Ref{Tenant: tenant, Resource: mailbox, Folder: "in", Item: "1"})
		require.NoError(t, err, name)
		require.Equal(t, e, *found.Entry, name)
	}
	check("first")
	for _, f := range reflect.VisibleFields(reflect.TypeFor[model.Entry]()) {
		if f.Name != "ID" && f.Name != "Name" && f.Name != "Mail" {
			other(t, reflect.ValueOf(&e).Elem().FieldByIndex(f.Index))
			check(f.Name)
		}
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[model.MailFact]()) {
		fact := *e.Mail
		e.Mail = &fact
		other(t, reflect.ValueOf(&fact).Elem().FieldByIndex(f.Index))
		check(f.Name)
	}
	fact := *e.Mail
	e.Mail, fact.Text = &fact, strings.Repeat("Zo lang dat het de moeite waard is. ", 50)
	check("long")
	e.Mail = nil
	check("none")
}

// TestDamagedEntry finds out what a damaged file has made of an entry.
func TestDamagedEntry(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.db")
	c := reopen(t, path)
	sync(t, c, oneLetter())
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer db.Close()
	for _, damage := range []string{
		"UPDATE entry SET blob = x''", "UPDATE entry SET blob = x'07'", "UPDATE entry SET blob = x'02ff'", "UPDATE entry SET blob = x'01ffffffffffffffffff01'",
		"UPDATE entry SET blob = blob || x'00'", "UPDATE entry SET blob = substr(blob, 1, length(blob) - 1)",
	} {
		var good []byte
		require.NoError(t, db.QueryRow("SELECT blob FROM entry").Scan(&good))
		_, err := db.Exec(damage)
		require.NoError(t, err, damage)
		_, err = c.Search(t.Context(), model.SearchQuery{Text: "dakgoot"})
		require.ErrorIs(t, err, catalog.ErrDamaged, damage)
		_, err = c.Lookup(t.Context(), model.Ref{Tenant: tenant, Resource: mailbox, Folder: "in", Item: "1"})
		require.ErrorIs(t, err, catalog.ErrDamaged, damage)
		_, err = db.Exec("UPDATE entry SET blob = ?", good)
		require.NoError(t, err, damage)
	}
}

// oneLetter is a mailbox with one mail.
func oneLetter() *vault {
	v := newVault(tenant)
	m := v.resource(mailbox, model.Mailbox, "anna@contoso.example")
	m.folder("in", "mail/In")
	m.put("in", mail("1", "Offerte", "Bob <bob@x.example>", "over de dakgoot", day(1)))
	v.shoot(mailbox, day(1))
	return v
}

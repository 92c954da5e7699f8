package web_test

import (
	"fmt"
	"testing"
	"time"

	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/sealed"
)

// Accounts of the people who hold keys in these tests.
const (
	custodianAccount int64 = 9001
	officerAccount   int64 = 9002
)

func sealedAs(account int64) sealed.By {
	return sealed.By{Account: account, Login: fmt.Sprint("thu", account), At: time.Now()}
}

// turnedOn has an office keep identities, with a TEST key for each half.
func turnedOn(t testing.TB, d *db.DB, unit org.UnitID) {
	t.Helper()
	ctx := t.Context()
	write := func(fn func(tx *db.Tx) error) {
		t.Helper()
		if err := d.Write(ctx, fn); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *db.Tx) error {
		return sealed.TurnOn(ctx, tx, sealedAs(1), sealed.Approval{Unit: unit, Document: "12/QĐ-UBND", On: 20261101, Issuer: "UBND tỉnh", Scope: "Đơn tố cáo", Signer: "Chủ tịch"})
	})
	halves := map[int64]sealed.Half{custodianAccount: sealed.Custodian, officerAccount: sealed.Officer}
	made := map[int64]sealed.Key{}
	for account, half := range halves {
		private, err := sealed.TestKey(fmt.Sprint(account, unit))
		if err != nil {
			t.Fatal(err)
		}
		var k sealed.Key
		write(func(tx *db.Tx) (err error) {
			k, err = sealed.Register(ctx, tx, sealedAs(account), unit, half, private.Recipient().String())
			return err
		})
		answer, err := sealed.Answer(k.Challenge, private)
		if err != nil {
			t.Fatal(err)
		}
		write(func(tx *db.Tx) error { return sealed.Prove(ctx, tx, sealedAs(account), k.ID, answer) })
		made[account] = k
	}
	write(func(tx *db.Tx) error {
		k := made[custodianAccount]
		return sealed.Confirm(ctx, tx, sealedAs(officerAccount), k.ID, k.Fingerprint())
	})
	write(func(tx *db.Tx) error {
		k := made[officerAccount]
		return sealed.Confirm(ctx, tx, sealedAs(custodianAccount), k.ID, k.Fingerprint())
	})
}

// denunciation records a case.
func denunciation(t testing.TB, d *db.DB, l *ledger.Ledger, unit, code string) int64 {
	t.Helper()
	var id int64
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		posted, err := l.Record(t.Context(), tx, "thu", ledger.Draft{Kind: "petition_letter", Unit: unit, Day: today.AddDays(-3),
			Fields: map[string]any{"class": "denunciation", "field": "land", "received_on": today.AddDays(-3).String(), "code": code}})
		id = posted.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// theDenunciation is a case of theBody, whose commune keeps identities.
func theDenunciation(t testing.TB, o *office) string {
	id := denunciation(t, o.app.DB, o.app.Ledger, theBody, "TC-MATR-AN01")
	approved, err := sealed.Office(t.Context(), o.app.DB.Read(), []org.UnitID{unitOf(t, o, theCommune)})
	if err != nil {
		t.Fatal(err)
	}
	if approved == nil {
		turnedOn(t, o.app.DB, unitOf(t, o, theCommune))
	}
	return fmt.Sprint(id)
}

// theRequest is a request to open it.
func theRequest(t testing.TB, o *office) string {
	var entry, id int64
	if _, err := fmt.Sscan(theDenunciation(t, o), &entry); err != nil {
		t.Fatal(err)
	}
	err := o.app.DB.Write(t.Context(), func(tx *db.Tx) (err error) {
		c := sealed.Case{Entry: entry, Code: "TC-MATR-AN01", Unit: unitOf(t, o, theBody)}
		id, err = sealed.Ask(t.Context(), tx, sealedAs(officerAccount), c, unitOf(t, o, theCommune), sealed.ToRead, "Xác minh theo kế hoạch của đoàn")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(id)
}

package app

import (
	"context"

	"danvan/internal/access"
	"danvan/internal/contribution"
	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/dossier"
	"danvan/internal/duty"
	"danvan/internal/filing"
	"danvan/internal/follow"
	"danvan/internal/ledger"
	"danvan/internal/matter"
	"danvan/internal/org"
	"danvan/internal/sealed"
	"danvan/internal/sending"
)

// records are the checks of what stands beside the entries under leaves of its own: who decided on units, who may do
// what, what was returned, what was filed. Each compares its rows with the log and says in Vietnamese what differs.
var records = []func(context.Context, db.Querier) ([]string, error){
	org.VerifyDecisions, access.Verify, ledger.VerifyReturns, duty.VerifyNils, filing.Verify,
	sealed.Verify,
	dossier.Verify, matter.Verify,
	sending.Verify, follow.Verify, dialogue.Verify, contribution.Verify,
}

// VerifyRecords runs these checks on one snapshot.
func VerifyRecords(ctx context.Context, q db.Querier) ([]string, error) {
	found := []string{}
	for _, check := range records {
		list, err := check(ctx, q)
		if err != nil {
			return nil, err
		}
		found = append(found, list...)
	}
	return found, nil
}

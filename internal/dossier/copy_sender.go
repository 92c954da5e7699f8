package dossier

import (
	"context"

	"danvan/internal/db"
)

// CopySender gives a case the sender of another one, sealed anew under its own key: who came to the desk is who sends the
// letter that was made there. Nobody sees him by it, so it is no look. Where nobody is kept nothing happens.
func (b *Book) CopySender(ctx context.Context, tx *db.Tx, login string, from, to int64) error {
	sender, marked, err := b.senderOf(ctx, tx, from)
	if err != nil || sender.Empty() {
		return err
	}
	return b.PutSender(ctx, tx, login, Item{Entry: to, Sender: sender, Marked: marked})
}

package portal

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// sendPicture answers with a picture: small, as it was made when it was kept, without what a camera notes beside.
func (p *portal) sendPicture(w http.ResponseWriter, r *http.Request, hash string) error {
	var small string
	err := p.DB.Read().QueryRowContext(r.Context(), `SELECT picture FROM file_picture WHERE hash = $1`, hash).Scan(&small)
	if err == nil {
		hash = small
	} else if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("look for small picture: %w", err)
	}
	f, err := p.Files.Open(hash)
	if err != nil {
		return noSuchPicture
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil {
		return fmt.Errorf("read picture: %w", err)
	}
	mime := http.DetectContentType(data)
	if !strings.HasPrefix(mime, "image/") {
		return noSuchPicture
	}
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Cache-Control", "public, max-age=600")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	return nil
}

package app

import "danvan/internal/notice"

// sources are the subjects of which people are reminded.
func (a *App) sources() []notice.Source {
	return nil
}

package web

// recordRoutes are the pages of recording, amending and voiding entries.
func (s *server) recordRoutes() []route {
	return nil
}

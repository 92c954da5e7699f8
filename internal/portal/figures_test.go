package portal_test

var _ = shows(map[string]example{
	"GET /so-lieu":               {Path: "/so-lieu"},
	"GET /so-lieu/json":          {Path: "/so-lieu/json", File: true},
	"GET /so-lieu/{code}":        {Path: "/so-lieu/petition.received?nam=2025"},
	"GET /so-lieu/{code}/csv":    {Path: "/so-lieu/contribution.land/csv?nam=2026", File: true},
	"GET /so-lieu/{code}/json":   {Path: "/so-lieu/contribution.land/json?nam=2019&ranh-gioi=khi-do", File: true},
	"GET /so-lieu/{code}/ban-do": {Path: "/so-lieu/contribution.land/ban-do?nam=2026", File: true},
	"GET /so-lieu/{code}/nhung":  {Path: "/so-lieu/contribution.land/nhung?nam=2025"},
}, "/so-lieu/khong.co", "/so-lieu/contribution.land?nam=1900", "/so-lieu/contribution.land?nam=2019&ranh-gioi=khi-do&xep=so")

"""Scrapy settings of every crawl: polite, bounded, without side doors."""

from __future__ import annotations

from typing import Any

#: seconds between two requests to one host where neither card nor robots.txt says otherwise
DELAY = 1.0

SETTINGS: dict[str, Any] = {
    "BOT_NAME": "eduatlas",
    "ROBOTSTXT_OBEY": True,  # by spiders.politeness.RobotsGuard
    # the total is the limit that holds: without a delay Scrapy 2.19 starts every waiting request of a host at once
    "CONCURRENT_REQUESTS": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",
    # the spider yields requests only; Scrapy starts so many tasks for every answer
    "CONCURRENT_ITEMS": 1,
    "DOWNLOAD_DELAY": DELAY,
    "DOWNLOAD_DELAY_JITTER": 0,
    "DOWNLOAD_TIMEOUT": 60,
    "DOWNLOAD_MAXSIZE": 32 * 1024 * 1024,
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_HANDLERS": {"data": None, "file": None, "s3": None, "ftp": None},
    "REDIRECT_MAX_TIMES": 6,
    "METAREFRESH_ENABLED": False,
    "RETRY_TIMES": 2,
    "RETRY_HTTP_CODES": [500, 502, 503, 504, 522, 524, 408, 429],
    "HTTPERROR_ALLOW_ALL": True,
    "COOKIES_ENABLED": False,
    "REFERER_ENABLED": False,
    # a proxy would connect to addresses that nobody here has checked
    "HTTPPROXY_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    "TWISTED_DNS_RESOLVER": "spiders.net.GuardedResolver",
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "spiders.net.HostGuard": 50,
        "spiders.politeness.RobotsGuard": 100,
        "spiders.politeness.RetryAfter": 555,
    },
    "DUPEFILTER_CLASS": "spiders.spider.VisitedFilter",
    "MEMUSAGE_LIMIT_MB": 2048,
    "MEMUSAGE_CHECK_INTERVAL_SECONDS": 5.0,
    "URLLENGTH_LIMIT": 2083,
    "LOG_LEVEL": "WARNING",
    "LOGSTATS_INTERVAL": 0,
    "STATS_DUMP": False,
    "DEFAULT_REQUEST_HEADERS": {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.8,*/*;q=0.5"},
}

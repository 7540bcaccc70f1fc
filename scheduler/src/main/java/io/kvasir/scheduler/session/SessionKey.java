package io.kvasir.scheduler.session;

/** Names a session: ids are unique within a tenant. */
record SessionKey(String tenantId, String sessionId) {}

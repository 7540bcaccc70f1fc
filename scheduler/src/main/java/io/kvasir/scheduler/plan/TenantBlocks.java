package io.kvasir.scheduler.plan;

/**
 * What a tenant has in a tier.
 *
 * @param tenant its id
 * @param blocks that it stored there, those under way included
 * @param quotaBlocks most blocks that it may have there
 */
public record TenantBlocks(String tenant, int blocks, int quotaBlocks) {}

//! First light.
use trestle_client::health::Aligned;
use trestle_interface::state::*;
use trestle_sandbox::world::*;
use trestle_sandbox::*;

fn main_world() -> World {
    let factors = [0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4];
    let listings: Vec<Listing> = (0..24)
        .map(|i| {
            let base = standard_listings()[1];
            Listing {
                name: "X",
                decimals: 6,
                terms: trestle_sandbox::board::AssetTerms {
                    factor: i % 12,
                    basis: base.terms.basis,
                    depth_usd: 1_000_000_000,
                    incentive_bps: 30,
                    isolated: false,
                },
                cents: 1000 + i as i64,
                ..base
            }
        })
        .collect();
    World::build(&artifact().elf, &factors, &listings)
}

#[test]
fn smoke() {
    let mut world = main_world();
    let lender = User::new(&mut world, 12, 64);
    for a in 0..24 {
        lender.fund_and_deposit(&mut world, a, 10_000_000_000);
        lender.supply(&mut world, a, 10_000_000_000).unwrap();
    }
    for a in 0..24 {
        world.assets[a].quote.confidence = world.assets[a].quote.price as u64 / 2000;
    }
    world.svm.advance_seconds(2);
    world.publish_all();
    world.svm.advance_seconds(2);
    let user = User::new(&mut world, 11, 64);
    for n in [0usize, 1, 2, 4, 8, 16, 24, 32, 48, 64] {
        for shape in ["spread", "dense"] {
            let mut account = world.svm.account(&user.account).unwrap();
            let mut positions = vec![];
            let kinds = [PositionKind::Custody, PositionKind::PoolDeposit, PositionKind::PoolDebt];
            if shape == "spread" {
                'o: for kind in kinds {
                    for a in 0..24u8 {
                        if positions.len() == n {
                            break 'o;
                        }
                        positions.push((a, kind));
                    }
                }
            } else {
                'p: for a in 0..24u8 {
                    for kind in kinds {
                        if positions.len() == n {
                            break 'p;
                        }
                        positions.push((a, kind));
                    }
                }
            }
            positions.sort();
            let mut slab = vec![];
            for (a, kind) in &positions {
                let p = Position {
                    market: u16::from(*a),
                    kind: kind.byte(),
                    venue_account: 255,
                    asset: *a,
                    class: 0,
                    units: Wide::new(
                        1_000_000_000 / if *kind == PositionKind::PoolDebt { 3 } else { 1 },
                    ),
                    ..bytemuck::Zeroable::zeroed()
                };
                slab.extend_from_slice(bytemuck::bytes_of(&p));
            }
            account.data[2048..2048 + slab.len()].copy_from_slice(&slab);
            account.data[115] = n as u8;
            account.data[118] = 1;
            world.svm.set_account(user.account, account.clone());
            let _ = Aligned::new(&account.data);
            let ix = world.trestle.get_health(user.account);
            let sent = world.send(&[ix], &[]).unwrap();
            println!("{n} {shape} {} locks {} bytes {}", sent.units, sent.locks, sent.bytes);
        }
    }
}
